using System.Globalization;
using Vae.MLNet.Reliability.Properties;
using static Vae.MLNet.Reliability.Numbers.SmallTables;

namespace Vae.MLNet.Reliability.Numbers;

/// <summary>Settings at the ends of their ranges, on ordinary rows.</summary>
internal static class ExtremeSettings
{
    private const int Rows = 20;

    public static IEnumerable<NumberCase> All => Sizes().Concat(Rates()).Concat(Weights());

    private static IEnumerable<NumberCase> Sizes()
    {
        NumberCase Size(string name, Action<VaeEstimator.Options> change) => new("sizes at the ends of their ranges", name, Ordinary, change) { MustTrain = true };
        yield return Size("latent 1", options => options.LatentDimension = 1);
        yield return Size("latent 512, of 3 columns", options => options.LatentDimension = 512);
        yield return Size("batches of 1", options => options.BatchSize = 1);
        yield return Size("batches of 1, labels", options => (options.BatchSize, options.LabelColumnName, options.InputColumns) = (1, "Kind", ["Number", "Flag"]));
        yield return Size("batches of far more than there are rows", options => options.BatchSize = 1 << 20);
        yield return Size("no hidden layer", options => options.Network = new VaeNetwork.Dense());
        yield return Size("hidden layers of 1", options => options.Network = new VaeNetwork.Dense(1, 1, 1, 1) { LayerNorm = true });
        yield return Size("twenty hidden layers", options => options.Network = new VaeNetwork.Dense([.. Enumerable.Repeat(4, 20)]));
        yield return Size("1,000 pseudo-inputs for 20 rows", options => options.Prior = new VaePrior.Vamp { Components = 1000 });
        yield return Size("one row to validate", options => options.ValidationFraction = 0.01);
        yield return Size("all rows but one to validate", options => options.ValidationFraction = 0.95);
        yield return Size("more threads than rows", options => options.NumberOfThreads = 64);
        foreach (VaeObjective objective in new VaeObjective[]
            { new VaeObjective.BetaTotalCorrelation(), new VaeObjective.InfoVae(), new VaeObjective.ImportanceWeighted(), new VaeObjective.Elbo { FreeBits = 1 }, new VaeObjective.Elbo { Beta = 2, Capacity = 3 } })
        {
            yield return Size($"batches of 1, {objective.GetType().Name}", options => (options.BatchSize, options.Objective) = (1, objective));
        }
    }

    private static IEnumerable<NumberCase> Rates()
    {
        // Where a setting asks for divergence, advice is what is wanted.
        NumberCase Rate(string name, Action<VaeEstimator.Options> change) => new("rates and factors at the ends of their ranges", name, Ordinary, change);
        yield return Rate("learning rate 1e-300", options => options.LearningRate = 1e-300);
        yield return Rate("learning rate 1e-12", options => options.LearningRate = 1e-12) with { MustTrain = true };
        yield return Rate("learning rate 1", options => options.LearningRate = 1);
        yield return Rate("learning rate 1, 50 epochs", options => (options.LearningRate, options.NumberOfEpochs) = (1, 50));
        yield return Rate("learning rate 1, layer norms", options => (options.LearningRate, options.NumberOfEpochs, options.Network) = (1, 20, new VaeNetwork.Dense(8, 8) { LayerNorm = true }));
        yield return Rate("learning rate 1, clipped", options => (options.LearningRate, options.GradientClipping) = (1, 1e-30));
        yield return Rate("clipping at 1e30", options => options.GradientClipping = 1e30) with { MustTrain = true };
        yield return Rate("weight decay 1e6", options => options.WeightDecay = 1e6);
        yield return Rate("weight decay 1e300", options => options.WeightDecay = 1e300);
        yield return Rate("input noise 1e30", options => options.InputNoise = 1e30);
        yield return Rate("input noise 1e300", options => options.InputNoise = 1e300);
        yield return Rate("masking rate 0.999", options => options.MaskingRate = 0.999) with { MustTrain = true };
        yield return Rate("dropout 0.999", options => options.Network = new VaeNetwork.Dense(8) { Dropout = 0.999 });
        yield return Rate("trimming rate 0.499", options => options.TrimmingRate = 0.499) with { MustTrain = true };
        yield return Rate("beta 1e30", options => options.Objective = new VaeObjective.Elbo { Beta = 1e30 });
        yield return Rate("beta 1e300", options => options.Objective = new VaeObjective.Elbo { Beta = 1e300 });
        yield return Rate("beta 0", options => options.Objective = new VaeObjective.Elbo { Beta = 0 }) with { MustTrain = true };
        yield return Rate("free bits 1e30", options => options.Objective = new VaeObjective.Elbo { FreeBits = 1e30 });
        yield return Rate("capacity 1e30", options => options.Objective = new VaeObjective.Elbo { Beta = 100, Capacity = 1e30 });
        yield return Rate("contamination 1e-300", options => options.Contamination = 1e-300) with { MustTrain = true };
        foreach (double scale in new[] { 1e-300, 1e-30, 1e-3, 1e30, 1e300 })
        {
            yield return Rate(string.Create(CultureInfo.InvariantCulture, $"noise {scale}"), options => options.Noise = VaeNoise.Fixed(scale));
        }
    }

    private static IEnumerable<NumberCase> Weights()
    {
        (string Name, Func<int, double> Weight, bool MustTrain)[] weights =
        [
            ("0 but for one row", row => row == 5 ? 1 : 0, true), ("0", _ => 0, false), ("1e30", _ => 1e30, true), ("1e-30", _ => 1e-30, true), ("denormal", _ => float.Epsilon, true),
            ("the largest of single precision", _ => float.MaxValue, true), ("1e30 once", row => row == 5 ? 1e30 : 1, true), ("1e-30 and 1e30", row => row % 2 == 0 ? 1e-30 : 1e30, true),
        ];
        foreach ((string name, Func<int, double> weight, bool mustTrain) in weights)
        {
            foreach (VaeScaling scaling in Enum.GetValues<VaeScaling>())
            {
                yield return new NumberCase("example weights", $"{name}, {scaling}", () => Of(Rows, Singles("Number", Normal(Rows)), Keys("Kind", 3, Enumerable.Range(0, Rows).Select(row => 1 + (uint)(row % 3))), Singles("Weight", Enumerable.Range(0, Rows).Select(weight))), options =>
                {
                    options.ExampleWeightColumnName = "Weight";
                    options.InputColumns = [new("Number") { Scaling = scaling }, "Kind"];
                })
                {
                    // A model asks for no weight; categories of rows without any are not known to it.
                    Asked = () => Of(2, Singles("Number", 0, 1), Keys("Kind", 3, 0, 3)),
                    MustTrain = mustTrain,
                };
            }
        }
    }

    private static Table Ordinary() => Of(
        Rows, Singles("Number", Normal(Rows)), Flags("Flag", Enumerable.Range(0, Rows).Select(row => row % 3 == 0)), Keys("Kind", 3, Enumerable.Range(0, Rows).Select(row => 1 + (uint)(row % 3))));
}
