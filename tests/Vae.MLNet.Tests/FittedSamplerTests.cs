using Microsoft.ML;
using SampleReader;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>Each sampler draws latents from where the latents of rows are, which two clusters keep away from N(0, I).</summary>
[Collection(nameof(SampledModels))]
public sealed class FittedSamplerTests(SampledModels models)
{
    private const int RowCount = 700;

    private readonly MLContext _ml = models.Kinds.Ml;
    private readonly SampledKinds _kinds = models.Kinds;

    public static TheoryData<string> FittedSamplers => ["mixture", "diagonal mixture", "flow", "second stage", "posterior"];

    /// <param name="kind">What to fit, with settings that are quick.</param>
    /// <param name="model">A model or a chain.</param>
    /// <param name="data">Rows as it reads them.</param>
    internal static VaeSampler Fit(string kind, ITransformer model, IDataView data) => kind switch
    {
        "prior" => new PriorSampler(0.8),
        "mixture" => GaussianMixtureSampler.Fit(model, data, new() { MaximumComponents = 8, Seed = 3 }),
        "diagonal mixture" => GaussianMixtureSampler.Fit(model, data, new() { Components = 8, HasDiagonalCovariances = true, Seed = 3 }),
        "flow" => FlowSampler.Fit(model, data, new() { NumberOfLayers = 4, HiddenLayerSizes = [24, 24], NumberOfEpochs = 15, LearningRate = 5e-3, Seed = 3 }),
        "second stage" => TwoStageSampler.Fit(model, data, new() { HiddenLayerSizes = [24], NumberOfEpochs = 15, LearningRate = 1e-2, BatchSize = 50, Seed = 3 }),
        _ => PosteriorSampler.Fit(model, data),
    };

    [Theory]
    [MemberData(nameof(FittedSamplers))]
    public void Latents_are_nearer_to_those_of_rows_than_the_prior_s(string kind)
    {
        using VaeSampler sampler = Fit(kind, _kinds.Unlabelled, _kinds.Prepared);
        float[][] real = _kinds.Unlabelled.Transform(_kinds.Prepared).VectorsOf("Drawn")[..RowCount];
        double prior = Distance(real, Latents(_kinds.Unlabelled, null));
        double fitted = Distance(real, Latents(_kinds.Unlabelled, sampler));
        Assert.True(fitted < 0.4 * prior, $"{fitted} from the latents of rows, the prior {prior}");
    }

    [Theory]
    [MemberData(nameof(FittedSamplers))]
    public void Latents_of_a_label_are_nearer_to_those_of_its_rows_than_the_prior_s(string kind)
    {
        using VaeSampler sampler = Fit(kind, _kinds.ByKind, _kinds.Prepared);
        float[][] drawn = _kinds.ByKind.Transform(_kinds.Prepared).VectorsOf("Drawn");
        foreach (string label in new[] { "a", "c" })
        {
            float[][] real = [.. drawn.Where((_, row) => _kinds.Rows[row].Kind == label)];
            double prior = Distance(real, Latents(_kinds.ByKind, null, label));
            // Rows near given ones are of all labels, but for those that have it.
            double fitted = Distance(real, sampler is PosteriorSampler ? OfOwnLabel(sampler, label) : Latents(_kinds.ByKind, sampler, label));
            Assert.True(fitted < 0.5 * prior, $"label {label}: {fitted} from the latents of rows, the prior {prior}");
        }
    }

    [Theory]
    [MemberData(nameof(FittedSamplers))]
    public void A_sampler_is_fitted_through_a_chain(string kind)
    {
        var chain = _kinds.KindToKey.Append(_kinds.ByKind);
        using VaeSampler direct = Fit(kind, _kinds.ByKind, _kinds.Prepared);
        // The chain reads what its first transformer reads.
        using VaeSampler through = Fit(kind, chain, _kinds.Data);
        Assert.Equal(RowBits.Of(_ml.Data.SampleFromVae(_kinds.ByKind, 300, direct, seed: 5)), RowBits.Of(_ml.Data.SampleFromVae(chain, 300, through, seed: 5)));

        // And a loaded one is the same model.
        ITransformer loaded = _ml.SavedAndLoaded(chain, _kinds.Data.Schema);
        Assert.Equal(RowBits.Of(_ml.Data.SampleFromVae(_kinds.ByKind, 300, direct, seed: 5)), RowBits.Of(_ml.Data.SampleFromVae(loaded, 300, direct, seed: 5)));
        ((IDisposable)loaded).Dispose();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_prior_s_temperature_is_the_spread_of_latents(double temperature)
    {
        using var sampler = new PriorSampler(temperature);
        Assert.Equal(temperature, sampler.Temperature);
        IDataView view = _ml.Data.SampleFromVae(_kinds.Unlabelled, 4000, new VaeSamplingOptions { Sampler = sampler, LatentColumnName = "Z", Seed = 5 });
        float[][] latents = view.VectorsOf("Z");
        for (int dimension = 0; dimension < 2; dimension++)
        {
            double mean = latents.Average(latent => latent[dimension]);
            double deviation = Math.Sqrt(latents.Average(latent => Math.Pow(latent[dimension] - mean, 2)));
            // Four standard errors.
            Assert.Equal(0, mean, 4 * temperature / Math.Sqrt(4000));
            Assert.Equal(temperature, deviation, 4 * temperature / Math.Sqrt(8000));
            Assert.Equal(0.683, latents.Count(latent => Math.Abs(latent[dimension]) < temperature) / 4000.0, 0.03);
        }
        Assert.Equal(0, latents.Average(latent => latent[0] * latent[1]), 4 * temperature * temperature / Math.Sqrt(4000));
    }

    [Fact]
    public void A_vamp_prior_s_own_components_are_drawn_from()
    {
        using VaeTransformer model = _kinds.Fit(options =>
        {
            options.Prior = new VaePrior.Vamp { Components = 6 };
            options.NumberOfEpochs = 20;
        });
        float[][] real = model.Transform(_kinds.Prepared).VectorsOf("Drawn")[..RowCount];
        var random = new Random(4);
        float[][] normal = [.. Enumerable.Range(0, RowCount).Select(_ => (float[])[(float)random.NextNormal(), (float)random.NextNormal()])];
        float[][] drawn = Latents(model, null);
        Assert.True(Distance(real, drawn) < 0.3 * Distance(real, normal), $"{Distance(real, drawn)} from the latents of rows, N(0, I) {Distance(real, normal)}");

        // Cold, what is left of the mixture are its means: equally often.
        using var cold = new PriorSampler(1e-6);
        float[][] means = Latents(model, cold);
        int[] counts = [.. means.GroupBy(latent => (Math.Round(latent[0], 3), Math.Round(latent[1], 3))).Select(group => group.Count())];
        Assert.InRange(counts.Length, 2, 6);
        Assert.All(counts, count => Assert.Equal(Math.Round(count * 6.0 / RowCount), count * 6.0 / RowCount, 0.35));
        // The spread around each mean is that of the draws at temperature 1.
        using var half = new PriorSampler(0.5);
        float[][] halfway = Latents(model, half);
        for (int row = 0; row < RowCount; row++)
        {
            Assert.Equal(means[row][0] + 0.5 * (drawn[row][0] - means[row][0]), halfway[row][0], 1e-4);
        }
    }

    [Fact]
    public void The_bic_finds_both_clusters_and_a_number_is_kept_to()
    {
        using GaussianMixtureSampler found = GaussianMixtureSampler.Fit(_kinds.ByKind, _kinds.Prepared);
        Assert.Equal(3, found.Components.Count);
        Assert.All(found.Components, components => Assert.InRange(components, 2, 64));
        using GaussianMixtureSampler set = GaussianMixtureSampler.Fit(_kinds.Unlabelled, _kinds.Prepared, new() { Components = 3 });
        Assert.Equal([3], set.Components);
        using GaussianMixtureSampler most = GaussianMixtureSampler.Fit(_kinds.Unlabelled, _kinds.Prepared, new() { MaximumComponents = 1 });
        Assert.Equal([1], most.Components);
        // A label that never occurs has none.
        using GaussianMixtureSampler byNumber = GaussianMixtureSampler.Fit(_kinds.ByNumber, _kinds.Prepared, new() { Components = 2 });
        Assert.Equal([2, 2, 2, 0], byNumber.Components);
    }

    [Theory]
    [InlineData("mixture")]
    [InlineData("flow")]
    [InlineData("second stage")]
    public void A_plain_autoencoder_is_sampled_from_by_what_is_fitted_to_its_latents(string kind)
    {
        using VaeTransformer model = _kinds.Fit(options => (options.Objective, options.DrawColumnName) = (new VaeObjective.Autoencoder(), null));
        using VaeSampler sampler = Fit(kind, model, _kinds.Prepared);
        float[] y = _ml.Data.SampleFromVae(model, 1000, sampler, VaeDecoding.Mean, seed: 5).ValuesOf<float>("Y");
        // A third in one cluster, two thirds in the other.
        Assert.Equal(1 / 3.0, y.Count(value => value > 0) / 1000.0, 0.1);
        Assert.Equal(4, y.Average(Math.Abs), 1.5);
    }

    [Fact]
    public void Rows_near_given_rows_take_turns_and_the_temperature_says_how_near()
    {
        IDataView two = _ml.Data.TakeRows(_kinds.Prepared, 2);
        float[][] means = _kinds.Unlabelled.Transform(two).VectorsOf("Latent");
        double Spread(double temperature)
        {
            using PosteriorSampler sampler = PosteriorSampler.Fit(_kinds.Unlabelled, two, temperature);
            float[][] latents = Latents(_kinds.Unlabelled, sampler);
            return Math.Sqrt(latents.Select((latent, row) => Math.Pow(latent[0] - means[row % 2][0], 2)).Average());
        }

        double one = Spread(1);
        Assert.True(one < 1, $"{one}");
        Assert.Equal(0.5 * one, Spread(0.5), 1e-4 * one);
        Assert.Equal(2 * one, Spread(2), 1e-4 * one);
    }

    [Theory]
    [InlineData("prior")]
    [MemberData(nameof(FittedSamplers))]
    public void Rows_are_the_same_in_any_cursor_and_thread(string kind)
    {
        using VaeSampler sampler = Fit(kind, _kinds.ByKind, _ml.Data.TakeRows(_kinds.Prepared, 300));
        IDataView view = _ml.Data.SampleFromVae(_kinds.ByKind, 2600, sampler, seed: 5);
        string[] expected = RowBits.Of(view);
        Assert.Equal(2600, expected.Distinct().Count());
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            DataViewRowCursor[] set = view.GetRowCursorSet(view.Schema, thread + 1);
            (long Batch, string Row)[] rows = [.. set.SelectMany(cursor => RowBits.Of(cursor, "X", "Y", "W", "Kind").Select(row => (cursor.Batch, row)))];
            Assert.Equal(expected, rows.OrderBy(each => each.Batch).Select(each => each.Row));
        });
    }

    [Fact]
    public void One_latent_dimension_is_enough()
    {
        using VaeTransformer model = _kinds.Fit(options => (options.LatentDimension, options.NumberOfEpochs) = (1, 8));
        float[] real = [.. model.Transform(_kinds.Prepared).VectorsOf("Drawn").Select(latent => latent[0])];
        static double Deviation(float[] values)
        {
            double mean = values.Average();
            return Math.Sqrt(values.Average(value => Math.Pow(value - mean, 2)));
        }

        foreach (string kind in FittedSamplers)
        {
            using VaeSampler sampler = Fit(kind, model, _kinds.Prepared);
            float[] drawn = [.. _ml.Data.SampleFromVae(model, 2000, new VaeSamplingOptions { Sampler = sampler, LatentColumnName = "Z", Seed = 5 }).VectorsOf("Z").Select(latent => latent[0])];
            Assert.Equal(real.Average(), drawn.Average(), 0.3 * Deviation(real));
            Assert.InRange(Deviation(drawn) / Deviation(real), 0.7, 1.3);
        }
    }

    [Fact]
    public void Points_of_a_plain_autoencoder_are_kept_to_as_they_are()
    {
        using VaeTransformer model = _kinds.Fit(options => (options.Objective, options.DrawColumnName, options.NumberOfEpochs) = (new VaeObjective.Autoencoder(), null, 2));
        IDataView five = _ml.Data.TakeRows(_kinds.Prepared, 5);
        using PosteriorSampler sampler = PosteriorSampler.Fit(model, five, temperature: 3);
        float[][] latents = model.Transform(five).VectorsOf("Latent");
        Assert.Equal(latents.Concat(latents[..2]), _ml.Data.SampleFromVae(model, 7, new VaeSamplingOptions { Sampler = sampler, LatentColumnName = "Z" }).VectorsOf("Z"));
    }

    [Fact]
    public void The_second_stage_tells_its_progress_and_has_the_latents_as_rows()
    {
        var told = new Epochs();
        using TwoStageSampler sampler = TwoStageSampler.Fit(_kinds.ByKind, _kinds.Prepared, new() { HiddenLayerSizes = [16, 8], NumberOfEpochs = 3, Progress = told });
        Assert.Equal([1, 2, 3], told.All.Select(each => each.Epoch));
        Assert.Equal((2, 2, "Kind"), (sampler.SecondStage.InputSize, sampler.SecondStage.LatentDimension, sampler.SecondStage.LabelColumnName));
        Assert.Equal([16, 8], Assert.IsType<VaeNetwork.Dense>(sampler.SecondStage.Network).HiddenLayerSizes);
    }

    [Fact]
    public void A_label_may_have_any_name()
    {
        foreach (string name in new[] { "Latent", "Second", "Mean", "LogVariance" })
        {
            IDataView data = _ml.Transforms.CopyColumns(name, "Number").Fit(_kinds.Prepared).Transform(_kinds.Prepared);
            using VaeTransformer model = _kinds.Fit(options => (options.LabelColumnName, options.OutputColumnName, options.NumberOfEpochs) = (name, "Code", 1), data);
            foreach (string kind in FittedSamplers)
            {
                using VaeSampler sampler = Fit(kind, model, _ml.Data.TakeRows(data, 100));
                Assert.Equal(20, _ml.Data.SampleFromVae(model, 20, sampler).ValuesOf<uint>(name).Length);
            }
        }
    }

    [Theory]
    [MemberData(nameof(FittedSamplers))]
    public void The_same_seed_fits_the_same_sampler(string kind)
    {
        using VaeSampler first = Fit(kind, _kinds.ByNumber, _kinds.Prepared);
        using VaeSampler second = Fit(kind, _kinds.ByNumber, _kinds.Prepared);
        Assert.Equal(RowBits.Of(_ml.Data.SampleFromVae(_kinds.ByNumber, 100, first, seed: 5)), RowBits.Of(_ml.Data.SampleFromVae(_kinds.ByNumber, 100, second, seed: 5)));
    }

    private float[][] Latents(VaeTransformer model, VaeSampler? sampler, string? label = null) =>
        _ml.Data.SampleFromVae(model, RowCount, new VaeSamplingOptions { Sampler = sampler, Label = label, LatentColumnName = "Z", Seed = 5 }).VectorsOf("Z");

    private float[][] OfOwnLabel(VaeSampler sampler, string label)
    {
        IDataView view = _ml.Data.SampleFromVae(_kinds.ByKind, _kinds.Rows.Length, new VaeSamplingOptions { Sampler = sampler, LatentColumnName = "Z", Seed = 5 });
        return [.. view.VectorsOf("Z").Where((_, row) => _kinds.Rows[row].Kind == label)];
    }

    // The energy distance (Szekely and Rizzo, 2013): 0 only between equal distributions.
    private static double Distance(float[][] left, float[][] right)
    {
        static double Mean(float[][] from, float[][] to)
        {
            double sum = 0;
            foreach (float[] a in from)
            {
                foreach (float[] b in to)
                {
                    sum += Math.Sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
                }
            }
            return sum / ((double)from.Length * to.Length);
        }

        return 2 * Mean(left, right) - Mean(left, left) - Mean(right, right);
    }
}
