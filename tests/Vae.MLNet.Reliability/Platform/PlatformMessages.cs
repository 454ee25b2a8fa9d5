using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Reliability.Properties;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Platform;

/// <summary>What the library says of wrong numbers: the same text in every culture.</summary>
internal static class PlatformMessages
{
    public static IEnumerable<string> All(MLContext ml, IDataView data)
    {
        void Set(Action<VaeEstimator.Options> change)
        {
            var options = new VaeEstimator.Options { InputColumns = ["Işık ı"] };
            change(options);
            ml.Transforms.VariationalAutoencoder(options);
        }

        void Fit(Action<VaeEstimator.Options> change, IDataView rows)
        {
            var options = new VaeEstimator.Options { InputColumns = [.. rows.Schema.Where(column => column.Name != "Weight").Select(column => new VaeInputColumn(column.Name))], NumberOfEpochs = 2, Network = new VaeNetwork.Dense(4) };
            change(options);
            ml.Transforms.VariationalAutoencoder(options).Fit(rows).Dispose();
        }

        Table Singles(params float[] values) => new([new ScalarColumn<float>("Iı", NumberDataViewType.Single, values)], [.. values.Select((_, row) => (ulong)row)]);
        Table Weighted(float weight) => new([new ScalarColumn<float>("Iı", NumberDataViewType.Single, [1, 2]), new ScalarColumn<float>("Weight", NumberDataViewType.Single, [1, weight])], [0, 1]);

        Action[] wrong =
        [
            () => Set(options => options.LearningRate = 1.5),
            () => Set(options => options.MaskingRate = 1.5),
            () => Set(options => options.WeightDecay = -0.5),
            () => Set(options => options.TrimmingRate = 0.75),
            () => Set(options => options.ValidationFraction = 1.25),
            () => Set(options => options.GradientClipping = -1.5),
            () => Set(options => (options.Contamination, options.PredictedLabelColumnName) = (0.75, "Odd")),
            () => Set(options => options.Objective = new VaeObjective.Elbo { Capacity = 2.5, Beta = 0.5 }),
            () => Set(options => options.Objective = new VaeObjective.InfoVae { Alpha = 1.5 }),
            () => Set(options => options.Objective = new VaeObjective.InfoVae { Alpha = 0.25, Lambda = 0.5 }),
            () => Set(options => options.Objective = new VaeObjective.BetaTotalCorrelation { Gamma = -1.5 }),
            () => Set(options => options.Objective = new VaeObjective.Elbo { WarmUp = VaeKlWarmUp.Linear(-1) }),
            () => Set(options => options.Objective = new VaeObjective.Elbo { WarmUp = VaeKlWarmUp.Cyclical(2, 1.5) }),
            () => Set(options => options.Noise = VaeNoise.Fixed(1234.5)),
            () => Set(options => options.Network = new VaeNetwork.Dense(4) { Dropout = 1.5 }),
            () => _ = new PriorSampler(-1.5),
            () => Fit(options => options.Likelihood = VaeLikelihood.Bernoulli, Singles(0.5f, 1.25f)),
            () => Fit(options => options.Likelihood = VaeLikelihood.Poisson, Singles(1, 2.5f)),
            () => Fit(options => options.InputColumns = [new("Iı") { Scaling = VaeScaling.None }], Singles(1, -1.5e30f)),
            () => Fit(_ => { }, Singles(1, float.NegativeInfinity)),
            () => Fit(options => options.ExampleWeightColumnName = "Weight", Weighted(-1.5f)),
            () => Fit(options => options.ExampleWeightColumnName = "Weight", Weighted(float.NaN)),
            () => Fit(options => options.ValidationFraction = 0.125, Singles(1)),
            () => Fit(options => (options.LearningRate, options.GradientClipping, options.Objective) = (0.5, 1234.5, new VaeObjective.Elbo { Beta = 1e30 }), Singles([.. Enumerable.Range(0, 50).Select(each => each * 1.5f)])),
            () => Fit(options => options.LabelColumnName = "ıI", Singles(1, 2)),
            () => ml.Transforms.VariationalAutoencoder("z", "IŞIK I").Fit(data).Transform(Singles(1)),
            () => ml.Model.Load(new MemoryStream([1, 2, 3]), out _),
        ];
        return wrong.Select(Said);
    }

    // Of a setting .NET adds the value itself, on a line of its own, and as the culture has it.
    private static string Said(Action wrong)
    {
        try
        {
            wrong();
            return "nothing is wrong";
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message.Split('\n')[0]}";
        }
    }
}
