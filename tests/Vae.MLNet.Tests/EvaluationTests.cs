using Microsoft.ML;
using Vae.MLNet.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>The metrics are what their names say: recomputed from the model's columns, in closed form, or counted by hand.</summary>
public sealed class EvaluationTests(EvaluationTests.Trained trained) : IClassFixture<EvaluationTests.Trained>
{
    private readonly MLContext _ml = trained.Context;
    private readonly VaeTransformer _model = trained.Model;

    [Fact]
    public void The_elbo_is_the_mean_of_minus_the_score_within_the_noise_of_draws()
    {
        IDataView data = _ml.View(2000, seed: 2);
        VaeMetrics metrics = Evaluate(_model, data, draws: 1);
        Assert.Equal((2000, 0, 1), (metrics.RowCount, metrics.RowsWithoutLabel, metrics.Draws));
        float[] scores = _model.Transform(data).ValuesOf<float>("Score");
        // Other draws, the same mean.
        Assert.Equal(-scores.Average(score => (double)score), metrics.Elbo, 4 * StandardError(scores));
        Assert.NotEqual(-scores.Average(score => (double)score), metrics.Elbo, 1e-9);
        Assert.Equal(metrics.Reconstruction - metrics.Kl, metrics.Elbo);
        Assert.True(metrics.Kl > 0.5, $"KL {metrics.Kl}");
    }

    [Fact]
    public void More_draws_raise_the_log_likelihood_above_the_elbo()
    {
        IDataView data = _ml.View(1000, seed: 3);
        VaeMetrics[] metrics = [.. new[] { 1, 10, 100 }.Select(draws => Evaluate(_model, data, draws))];
        Assert.True(metrics[1].LogLikelihood > metrics[0].LogLikelihood + 0.01, $"{metrics[0].LogLikelihood} with 1 draw, {metrics[1].LogLikelihood} with 10");
        Assert.True(metrics[2].LogLikelihood > metrics[1].LogLikelihood + 0.001, $"{metrics[1].LogLikelihood} with 10 draws, {metrics[2].LogLikelihood} with 100");
        Assert.All(metrics.Skip(1), each => Assert.True(each.LogLikelihood >= each.Elbo, $"{each.LogLikelihood} with {each.Draws} draws is below the ELBO {each.Elbo}"));
        Assert.Equal(metrics[0].Elbo, metrics[0].LogLikelihood, 4 * metrics[0].LogLikelihoodStandardError);
    }

    [Fact]
    public void The_log_likelihood_of_a_linear_model_is_the_gaussian_marginal_that_its_weights_say()
    {
        var random = new Random(4);
        TestRow[] rows = [.. Enumerable.Range(0, 500).Select(_ =>
        {
            double hidden = random.NextNormal();
            return new TestRow { Features = [.. Enumerable.Range(1, 6).Select(slot => (float)(slot * hidden + 2 * random.NextNormal() + 10 * slot))] };
        })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            options.Network = new VaeNetwork.Dense();
            options.Noise = VaeNoise.Shared;
            (options.NumberOfEpochs, options.BatchSize, options.LearningRate) = (40, 50, 0.01);
        });
        double[] exact = LinearLogLikelihoods(model, rows);
        VaeMetrics metrics = Evaluate(model, data, draws: 500);
        Assert.Equal(exact.Average(), metrics.LogLikelihood, 0.01);
        Assert.Equal(StandardError([.. exact.Select(value => (float)value)]), metrics.LogLikelihoodStandardError, 0.002);
        Assert.True(metrics.Elbo <= exact.Average() + 0.2, $"ELBO {metrics.Elbo}, log-likelihood {exact.Average()}");
    }

    [Fact]
    public void The_standard_error_is_the_spread_of_rows_in_their_own_units_over_the_root_of_their_number()
    {
        // Of a lognormal column on a quantile scale rows differ most by how steep the scale is where they are.
        var random = new Random(5);
        OddRow[] rows = [.. Enumerable.Range(0, 600).Select(_ => new OddRow { Number = (float)Math.Exp(2 * random.NextNormal()) })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            options.InputColumns = [new("Number") { Scaling = VaeScaling.Quantile }];
            options.ScoreDraws = 50;
        });
        VaeMetrics metrics = Evaluate(model, data, draws: 50);
        float[] scores = model.Transform(data).ValuesOf<float>("Score");
        double expected = StandardError(scores);
        Assert.Equal(-scores.Average(score => (double)score), metrics.LogLikelihood, 0.2 * expected);
        Assert.Equal(expected, metrics.LogLikelihoodStandardError, 0.05 * expected);
        Assert.True(double.IsNaN(Evaluate(model, _ml.Data.LoadFromEnumerable(rows.Take(1)), draws: 2).LogLikelihoodStandardError));
    }

    [Fact]
    public void The_kl_of_each_dimension_is_the_closed_form_and_they_sum_to_the_kl()
    {
        IDataView data = _ml.View(700, seed: 6);
        VaeMetrics metrics = Evaluate(_model, data, draws: 1);
        TestOutput[] outputs = _ml.Outputs(_model.Transform(data));
        Assert.Equal(3, metrics.KlPerDimension.Count);
        for (int dimension = 0; dimension < 3; dimension++)
        {
            double expected = outputs.Average(row => 0.5 * (Math.Exp(row.LogVariance[dimension]) + Math.Pow(row.Latent[dimension], 2) - row.LogVariance[dimension] - 1));
            Assert.Equal(expected, metrics.KlPerDimension[dimension], 1e-4 * (1 + expected));
        }
        Assert.Equal(metrics.Kl, metrics.KlPerDimension.Sum(), 1e-4 * metrics.Kl);
    }

    [Fact]
    public void The_kl_to_a_vamp_prior_is_finite_for_each_dimension()
    {
        IDataView data = _ml.View(300);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => options.Prior = new VaePrior.Vamp { Components = 5 });
        VaeMetrics metrics = Evaluate(model, data);
        Assert.Equal(2, metrics.KlPerDimension.Count);
        Assert.All(metrics.KlPerDimension, kl => Assert.True(double.IsFinite(kl), $"{kl}"));
        Assert.True(double.IsFinite(metrics.Elbo) && metrics.LogLikelihood >= metrics.Elbo, $"ELBO {metrics.Elbo}, log-likelihood {metrics.LogLikelihood}");
    }

    [Fact]
    public void Active_units_are_the_dimensions_whose_latent_means_vary()
    {
        IDataView data = _ml.View(500, seed: 7);
        float[][] latents = _model.Transform(data).VectorsOf("Latent");
        double[] variances = [.. Enumerable.Range(0, 3).Select(dimension => Variance([.. latents.Select(latent => latent[dimension])]))];
        Assert.Equal(variances.Count(variance => variance > 0.01), Evaluate(_model, data, draws: 1).ActiveUnits);
        Assert.Contains(variances, variance => variance > 0.1);

        // Of rows that are all the same none varies; of a model that ignores its rows, neither.
        TestRow one = TestRows.Make(1)[0];
        Assert.Equal(0, Evaluate(_model, _ml.Data.LoadFromEnumerable(Enumerable.Repeat(one, 300)), draws: 1).ActiveUnits);
        using VaeTransformer collapsed = TestRows.Fit(_ml, data, options =>
        {
            options.Objective = new VaeObjective.Elbo { Beta = 100 };
            (options.NumberOfEpochs, options.LearningRate) = (30, 0.01);
        });
        Assert.Equal(0, Evaluate(collapsed, data, draws: 1).ActiveUnits);
    }

    [Fact]
    public void A_plain_autoencoder_has_no_kl_and_its_bound_is_its_reconstruction()
    {
        IDataView data = _ml.View(300);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.Objective, options.LogVarianceColumnName) = (new VaeObjective.Autoencoder(), null));
        VaeMetrics metrics = Evaluate(model, data, draws: 5);
        Assert.Equal(0, metrics.Kl);
        Assert.Equal([0.0, 0.0], metrics.KlPerDimension);
        Assert.Equal(metrics.Reconstruction, metrics.LogLikelihood, 1e-4 * (1 + Math.Abs(metrics.Reconstruction)));
        Assert.Equal(-model.Transform(data).ValuesOf<float>("Score").Average(score => (double)score), metrics.Elbo, 1e-4 * (1 + Math.Abs(metrics.Elbo)));
    }

    [Fact]
    public void The_same_call_gives_the_same_numbers_from_a_fitted_and_a_loaded_model()
    {
        IDataView data = _ml.View(600, seed: 8);
        string expected = Exactly.Text(Evaluate(_model, data, draws: 7, "Number"));
        Assert.Equal(expected, Exactly.Text(Evaluate(_model, data, draws: 7, "Number")));
        using var loaded = (VaeTransformer)_ml.SavedAndLoaded(_model, data.Schema);
        Assert.Equal(expected, Exactly.Text(new MLContext().Model.EvaluateVariationalAutoencoder(loaded, data, 7, "Number")));
        Assert.Null(Evaluate(_model, data, draws: 1).MutualInformationGap);
        Assert.Empty(Evaluate(_model, data, draws: 1).FactorGaps);
    }

    [Fact]
    public void Factors_are_named_with_the_dimension_that_knows_most_and_their_gaps_averaged()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(TestRows.Make(2000, seed: 9));
        IDataView factors = _ml.Transforms.CopyColumns("Input", "Features").Fit(data).Transform(data);
        VaeMetrics metrics = Evaluate(_model, factors, draws: 1, "Number", "Number");
        Assert.Equal(["Number", "Number"], metrics.FactorGaps.Select(factor => factor.ColumnName));
        Assert.Equal(metrics.FactorGaps[0], metrics.FactorGaps[1]);
        Assert.All(metrics.FactorGaps, factor => Assert.InRange(factor.Gap, 0, 0.05));
        Assert.All(metrics.FactorGaps, factor => Assert.InRange(factor.Dimension, 0, 2));
        Assert.Equal(metrics.FactorGaps[0].Gap, metrics.MutualInformationGap!.Value, 1e-12);
    }

    [Theory]
    [InlineData("Nowhere", "Could not find factor column 'Nowhere'")]
    [InlineData("Name", "factor column 'Name': expected a number, a Boolean or a key, got String")]
    [InlineData("Extra", "factor column 'Extra': expected a number, a Boolean or a key, got Vector<Double, 3>")]
    public void A_factor_that_cannot_be_is_named_before_any_row_is_read(string factor, string said)
    {
        var source = new CountingView(_ml.View(10));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(_model, source, draws: 1, factor));
        Assert.Contains(said, error.Message);
        Assert.Equal("factorColumnNames", error.ParamName);
        Assert.Equal(0, source.CursorsOpened);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void Draws_out_of_their_range_are_refused(int draws)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(_model, _ml.View(10), draws));
        Assert.Equal("draws", error.ParamName);
        Assert.Contains("draws is to be from 1 to 10000", error.Message);
    }

    [Fact]
    public void Rows_are_read_once_and_only_the_columns_that_are_needed()
    {
        var source = new CountingView(new UncountedView(_ml.View(700)));
        Evaluate(_model, source, draws: 2, "Number");
        Assert.Equal((1, 700), (source.CursorsOpened, source.RowsRead));
        Assert.Equal(["Features", "Number"], source.LastColumns);
    }

    [Fact]
    public void No_rows_and_no_model_are_errors()
    {
        Assert.Contains("There are no rows to evaluate", Assert.Throws<InvalidOperationException>(() => Evaluate(_model, _ml.View(0))).Message);
        IDataView data = _ml.View(10);
        Assert.Equal("model", Assert.Throws<ArgumentNullException>(() => _ml.Model.EvaluateVariationalAutoencoder(null!, data)).ParamName);
        Assert.Equal("data", Assert.Throws<ArgumentNullException>(() => _ml.Model.EvaluateVariationalAutoencoder(_model, null!)).ParamName);
        VaeTransformer disposed = TestRows.Fit(_ml, data, options => options.NumberOfEpochs = 1);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Evaluate(disposed, data));
    }

    [Fact]
    public void Rows_of_a_conditional_model_without_a_label_are_left_out_and_counted()
    {
        OddRow[] rows = OddRow.Make(700);
        OddRow Unlabelled() => new() { Number = 0.9f, Kind = 9 };
        OddRow[] mixed = [.. rows.SelectMany((row, index) => index % 7 == 0 ? new[] { Unlabelled(), row } : [row])];
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.InputColumns = ["Number", "Flag"];
            options.LabelColumnName = "Kind";
            options.ReconstructionColumnName = null;
        });
        VaeMetrics metrics = Evaluate(model, _ml.Data.LoadFromEnumerable(mixed), draws: 3, "Kind");
        Assert.Equal((700, 100), (metrics.RowCount, metrics.RowsWithoutLabel));
        Assert.Equal(Exactly.Text(Evaluate(model, _ml.Data.LoadFromEnumerable(rows), draws: 3, "Kind")), Exactly.Text(metrics with { RowsWithoutLabel = 0 }));

        IDataView none = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(_ => Unlabelled()));
        Assert.Contains("no rows", Assert.Throws<InvalidOperationException>(() => Evaluate(model, none)).Message);
    }

    private VaeMetrics Evaluate(VaeTransformer model, IDataView data, int draws = 10, params string[] factors) => _ml.Model.EvaluateVariationalAutoencoder(model, data, draws, factors);

    // log N(x; W mu + b, W W^T + s^2 I) with mu = 0 and the decoder's weights, of standardised rows; divided by the scales, of the rows themselves (Tipping and Bishop, 1999).
    private static double[] LinearLogLikelihoods(VaeTransformer model, TestRow[] rows)
    {
        IReadOnlyDictionary<string, Safetensors.Entry> saved = Safetensors.Read(ModelPayload.Write(model).Weights).Tensors;
        float[] weights = saved["decoder.output.weight"].ToArray<float>();
        float[] bias = saved["decoder.output.bias"].ToArray<float>();
        double noise = Math.Exp(5 * saved["likelihood.log_scale"].ToArray<float>().Single()) + 1e-3;
        double[] centre = saved["columns.0.centre"].ToArray<double>();
        double[] scale = saved["columns.0.scale"].ToArray<double>();
        int size = bias.Length;
        int latent = weights.Length / size;
        var covariance = new double[size, size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                covariance[i, j] = Enumerable.Range(0, latent).Sum(k => (double)weights[i * latent + k] * weights[j * latent + k]) + (i == j ? noise * noise : 0);
            }
        }
        double[,] root = Cholesky(covariance, size);
        double logScales = Enumerable.Range(0, size).Sum(i => Math.Log(root[i, i]) + Math.Log(scale[i]));
        return [.. rows.Select(row =>
        {
            // L y = x - b, so y^T y is the squared Mahalanobis distance.
            var y = new double[size];
            for (int i = 0; i < size; i++)
            {
                y[i] = ((row.Features[i] - centre[i]) / scale[i] - bias[i] - Enumerable.Range(0, i).Sum(j => root[i, j] * y[j])) / root[i, i];
            }
            return -0.5 * (y.Sum(value => value * value) + size * Math.Log(2 * Math.PI)) - logScales;
        })];
    }

    private static double[,] Cholesky(double[,] matrix, int size)
    {
        var root = new double[size, size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = matrix[i, j] - Enumerable.Range(0, j).Sum(k => root[i, k] * root[j, k]);
                root[i, j] = i == j ? Math.Sqrt(rest) : rest / root[j, j];
            }
        }
        return root;
    }

    private static double Variance(float[] values)
    {
        double mean = values.Average(value => (double)value);
        return values.Average(value => Math.Pow(value - mean, 2));
    }

    private static double StandardError(float[] values) => Math.Sqrt(Variance(values) / (values.Length - 1));

    /// <summary>A model trained once for all tests.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained() => Model = TestRows.Fit(Context, Context.View(2000), options => (options.LatentDimension, options.NumberOfEpochs, options.LearningRate) = (3, 15, 0.01));

        public MLContext Context { get; } = new(seed: 1);

        public VaeTransformer Model { get; }

        public void Dispose() => Model.Dispose();
    }
}

/// <summary>Evaluation keeps no tensor, and none while it reads: memory does not grow with the rows.</summary>
[Collection(nameof(MemoryTests))]
public sealed class EvaluationMemoryTests
{
    [Fact]
    public void No_tensor_is_left_and_none_piles_up_while_rows_are_read()
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer model = TestRows.Fit(ml, ml.Data.LoadFromEnumerable(TestRows.MakeUnit(300)), options => options.Likelihood = VaeLikelihood.Bernoulli);
        IDataView data = ml.Data.LoadFromEnumerable(TestRows.MakeUnit(2000));
        ml.Model.EvaluateVariationalAutoencoder(model, data, 20, "Number");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        var counts = new HashSet<long>();
        var metrics = ml.Model.EvaluateVariationalAutoencoder(model, new ObservedView(data, () => counts.Add(Tensor.TotalCount)), 20, "Number");
        Assert.Equal(2000, metrics.RowCount);
        Assert.Equal([before], counts);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
