using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>What cannot be sampled is said before the first row is read, by what was found and what was wanted.</summary>
[Collection(nameof(SampledModels))]
public sealed class SamplingBadInputTests(SampledModels models)
{
    private readonly MLContext _ml = models.Table.Ml;
    private readonly VaeTransformer _model = models.Table.Model;
    private readonly SampledKinds _kinds = models.Kinds;

    public static TheoryData<double, string> BadTemperatures => new()
    {
        { 0, "above 0" }, { -1, "-1" }, { double.NaN, "NaN" }, { double.PositiveInfinity, "finite" },
    };

    [Theory]
    [InlineData(-1, "-1")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    [InlineData((1L << 40) + 1, "1099511627777")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void A_number_of_rows_that_cannot_be(long count, string found)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.SampleFromVae(_model, count));
        Assert.Equal(("rowCount", count), (error.ParamName, error.ActualValue));
        Assert.Contains("from 0 to 2^40 (1099511627776)", error.Message);
        Assert.Contains(found, error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.SampleFromVae(_model, count, new VaeSamplingOptions()));
    }

    [Fact]
    public void A_model_with_no_autoencoder_or_two()
    {
        ITransformer none = _kinds.KindToKey;
        var both = new TransformerChain<ITransformer>(none, _kinds.ByKind, _kinds.Unlabelled);
        void AssertRefused(Action<ITransformer> use)
        {
            Assert.Contains("0 variational autoencoders among 1 transformers: one is wanted", Assert.Throws<ArgumentException>(() => use(none)).Message);
            var error = Assert.Throws<ArgumentException>(() => use(both));
            Assert.Contains("2 variational autoencoders among 3 transformers: one is wanted", error.Message);
            Assert.Equal("model", error.ParamName);
            Assert.Equal("model", Assert.Throws<ArgumentNullException>(() => use(null!)).ParamName);
        }

        var source = new CountingView(_kinds.Prepared);
        AssertRefused(model => _ml.Data.SampleFromVae(model, 1));
        AssertRefused(model => _ml.Data.InterpolateVae(model, source));
        AssertRefused(model => _ml.Data.TraverseVae(model, 0));
        AssertRefused(model => GaussianMixtureSampler.Fit(model, source));
        AssertRefused(model => FlowSampler.Fit(model, source));
        AssertRefused(model => TwoStageSampler.Fit(model, source));
        AssertRefused(model => PosteriorSampler.Fit(model, source));
        Assert.Equal(0, source.CursorsOpened);
    }

    [Fact]
    public void A_label_that_training_did_not_have()
    {
        string Message(VaeTransformer model, string label)
        {
            string message = Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(model, 1, label: label)).Message;
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => Sample(model, options => options.LabelProportions = new Dictionary<string, double> { [label] = 1 })).Message);
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => _ml.Data.TraverseVae(model, 0, label: label)).Message);
            return message;
        }

        foreach (string label in new[] { "d", "", "A", "1" })
        {
            string message = Message(_kinds.ByKind, label);
            Assert.StartsWith($"'{label}' is not a label of column 'Kind' that training had; there are: ", message, StringComparison.Ordinal);
            Assert.All(SampledKinds.Names, name => Assert.Contains($"'{name}'", message));
        }
        foreach (string label in new[] { "0", "4", "5", "-1", " 1", "1.0", "a", "99999999999" })
        {
            Assert.Equal($"'{label}' is not a label of column 'Number' that training had; there are: '1', '2', '3'.", Message(_kinds.ByNumber, label));
        }
    }

    [Fact]
    public void A_label_of_a_model_without_labels()
    {
        Assert.Contains("Label is set, and the model has no labels", Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(_model, 1, label: "a")).Message);
        var error = Assert.Throws<ArgumentException>(() => Sample(_model, options => options.LabelProportions = new Dictionary<string, double> { ["a"] = 1 }));
        Assert.Contains("LabelProportions is set, and the model has no labels: it was trained without LabelColumnName", error.Message);
        Assert.Contains("label is set, and the model has no labels", Assert.Throws<ArgumentException>(() => _ml.Data.TraverseVae(_model, 0, label: "a")).Message);
    }

    [Fact]
    public void Both_a_label_and_proportions()
    {
        var error = Assert.Throws<ArgumentException>(() => Sample(_kinds.ByKind, options => (options.Label, options.LabelProportions) = ("a", new Dictionary<string, double> { ["a"] = 1 })));
        Assert.Contains("Both Label and LabelProportions are set: one of them is wanted", error.Message);
    }

    [Fact]
    public void Proportions_that_are_none()
    {
        string Message(params (string Label, double Proportion)[] proportions) => Assert.Throws<ArgumentException>(
            () => Sample(_kinds.ByKind, options => options.LabelProportions = proportions.ToDictionary(each => each.Label, each => each.Proportion))).Message;
        Assert.Contains("column 'Kind' sum to 0.9: they are to sum to 1", Message(("a", 0.5), ("b", 0.4)));
        Assert.Contains("sum to 1.5", Message(("a", 0.5), ("b", 1)));
        Assert.Contains("sum to 0", Message());
        Assert.Contains("sum to 0", Message(("a", 0)));
        Assert.Contains("sum to Infinity", Message(("a", double.PositiveInfinity)));
        Assert.Contains("The proportion of label 'b' of column 'Kind' is -0.5: it is to be at least 0", Message(("a", 1.5), ("b", -0.5)));
        Assert.Contains("The proportion of label 'a' of column 'Kind' is NaN", Message(("a", double.NaN)));
    }

    [Theory]
    [MemberData(nameof(BadTemperatures))]
    public void A_temperature_that_is_none(double temperature, string said)
    {
        var source = new CountingView(_kinds.Prepared);
        foreach (Func<VaeSampler> make in new Func<VaeSampler>[] { () => new PriorSampler(temperature), () => PosteriorSampler.Fit(_kinds.Unlabelled, source, temperature) })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(make);
            Assert.Equal("temperature", error.ParamName);
            Assert.Contains("a finite number above 0", error.Message);
            Assert.Contains(said, error.Message);
        }
        Assert.Equal(0, source.CursorsOpened);
    }

    [Fact]
    public void A_sampler_of_another_model()
    {
        foreach (string kind in FittedSamplerTests.FittedSamplers)
        {
            using VaeSampler sampler = FittedSamplerTests.Fit(kind, _kinds.Unlabelled, _ml.Data.TakeRows(_kinds.Prepared, 50));
            // Also one of the same shape.
            using VaeTransformer twin = _kinds.Fit(options => (options.Seed, options.NumberOfEpochs) = (8, 1));
            foreach (VaeTransformer other in new[] { _kinds.ByKind, _model, twin })
            {
                var error = Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(other, 1, sampler));
                Assert.Contains($"The {sampler.GetType().Name} was fitted on another model: fit it on this one, or sample from the model that it was fitted on", error.Message);
            }
        }
    }

    [Fact]
    public void A_sampler_that_never_saw_the_label()
    {
        IDataView some = _kinds.KindToKey.Transform(_ml.Data.LoadFromEnumerable(_kinds.Rows.Where(row => row.Kind != "b").Take(100)));
        foreach (string kind in new[] { "mixture", "flow", "second stage" })
        {
            using VaeSampler sampler = FittedSamplerTests.Fit(kind, _kinds.ByKind, some);
            string expected = $"The {sampler.GetType().Name} was fitted to rows of which none has label 'b' of column 'Kind': it cannot draw rows with it";
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(_kinds.ByKind, 1, sampler, label: "b")).Message);
            // The training proportions have it as well.
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(_kinds.ByKind, 1, sampler)).Message);
            Assert.Equal(50, _ml.Data.SampleFromVae(_kinds.ByKind, 50, sampler, label: "a").ValuesOf<float>("X").Length);
        }
    }

    [Fact]
    public void A_plain_autoencoder_without_a_sampler()
    {
        using VaeTransformer plain = _kinds.Fit(options => (options.Objective, options.DrawColumnName, options.NumberOfEpochs) = (new VaeObjective.Autoencoder(), null, 1));
        var error = Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(plain, 1));
        Assert.Contains("plain autoencoder, which has no prior: fit a GaussianMixtureSampler or a FlowSampler", error.Message);
        Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(plain, 1, new PriorSampler(2)));
    }

    [Fact]
    public void A_name_that_another_column_has()
    {
        foreach (string name in new[] { "Amount", "Pair", "", " " })
        {
            var error = Assert.Throws<ArgumentException>(() => Sample(_model, options => options.LatentColumnName = name));
            Assert.Contains($"The latent column cannot be called '{name}'", error.Message);
        }
        Assert.Contains("'Kind'", Assert.Throws<ArgumentException>(() => Sample(_kinds.ByKind, options => options.LatentColumnName = "Kind")).Message);
        IDataView ends = _ml.Data.TakeRows(_kinds.Prepared, 2);
        foreach (string name in new[] { "X", "Number" })
        {
            Assert.Contains($"The column of the steps cannot be called '{name}'", Assert.Throws<ArgumentException>(() => _ml.Data.TraverseVae(_kinds.ByNumber, 0, label: "1", stepColumnName: name)).Message);
        }
        Assert.Contains("The column of the steps cannot be called 'W'", Assert.Throws<ArgumentException>(() => _ml.Data.InterpolateVae(_kinds.Unlabelled, ends, stepColumnName: "W")).Message);
        Assert.Contains("The latent column cannot be called 'Step'", Assert.Throws<ArgumentException>(() => _ml.Data.InterpolateVae(_kinds.Unlabelled, ends, latentColumnName: "Step")).Message);
        Assert.Throws<ArgumentException>(() => _ml.Data.InterpolateVae(_kinds.Unlabelled, ends, stepColumnName: " "));
        Assert.Throws<ArgumentNullException>(() => _ml.Data.TraverseVae(_kinds.Unlabelled, 0, stepColumnName: null!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1_000_001)]
    public void Too_few_or_too_many_steps(int steps)
    {
        var source = new CountingView(_kinds.Prepared);
        foreach (Action act in new Action[] { () => _ml.Data.InterpolateVae(_kinds.Unlabelled, source, steps), () => _ml.Data.TraverseVae(_kinds.Unlabelled, 0, steps: steps) })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(act);
            Assert.Equal("steps", error.ParamName);
            Assert.Contains("steps is to be from 2 to 1000000", error.Message);
            Assert.Contains($"{steps}", error.Message);
        }
        Assert.Equal(0, source.CursorsOpened);
    }

    [Fact]
    public void A_dimension_or_an_end_that_is_none()
    {
        foreach (int dimension in new[] { -1, 3, int.MaxValue })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TraverseVae(_model, dimension));
            Assert.Equal("dimension", error.ParamName);
            Assert.Contains("dimension is to be from 0 to 2", error.Message);
        }
        foreach (double end in new[] { double.NaN, double.PositiveInfinity, 1e300 })
        {
            Assert.Equal("from", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TraverseVae(_model, 0, from: end)).ParamName);
            Assert.Equal("to", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TraverseVae(_model, 0, to: end)).ParamName);
        }
        Assert.Contains("VaePath", $"{Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.InterpolateVae(_model, models.Table.Prepared, path: (VaePath)5)).ActualValue?.GetType()}");
        Assert.Contains("Mean, Draw", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TraverseVae(_model, 0, decoding: (VaeDecoding)5)).Message);
        Assert.Contains("Mean, Draw", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.SampleFromVae(_model, 1, decoding: (VaeDecoding)5)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Other_than_two_rows_to_interpolate(int count)
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.Data.InterpolateVae(_model, Rows(count)));
        Assert.Equal("rows", error.ParamName);
        Assert.Contains($"{count} rows are given: two are wanted, the ends of the way", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Other_than_one_row_to_traverse_from(int count)
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.Data.TraverseVae(_model, 0, row: Rows(count)));
        Assert.Equal("row", error.ParamName);
        Assert.Contains($"{count} rows are given: one is wanted, where the traversal starts", error.Message);
    }

    [Fact]
    public void Ends_of_different_labels_or_without_one()
    {
        IDataView Ends(params string[] labels) => _kinds.KindToKey.Transform(_ml.Data.LoadFromEnumerable(labels.Select(label => new KindRow { Kind = label })));
        var different = Assert.Throws<ArgumentException>(() => _ml.Data.InterpolateVae(_kinds.ByKind, Ends("a", "b")));
        Assert.Contains("The two rows have different labels in column 'Kind'", different.Message);
        var missing = Assert.Throws<ArgumentException>(() => _ml.Data.InterpolateVae(_kinds.ByKind, Ends("a", "never seen")));
        Assert.Contains("1 rows with a label are given: two are wanted", missing.Message);
        var none = Assert.Throws<ArgumentException>(() => _ml.Data.TraverseVae(_kinds.ByKind, 0));
        Assert.Contains("The model is conditional on column 'Kind': a label or a row with one is wanted", none.Message);
    }

    [Fact]
    public void Settings_out_of_their_range_are_said_before_rows_are_read()
    {
        var source = new CountingView(_kinds.Prepared);
        void AssertRefused(Action act, string setting, string found)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(act);
            Assert.Contains(setting, error.ParamName);
            Assert.Contains(found, error.Message);
            Assert.Equal(0, source.CursorsOpened);
        }

        void Mixture(GaussianMixtureSampler.Options options, string setting, string found) => AssertRefused(() => GaussianMixtureSampler.Fit(_kinds.Unlabelled, source, options), setting, found);
        Mixture(new() { Components = 0 }, "Components", "from 1 to 1000");
        Mixture(new() { Components = -1 }, "Components", "-1");
        Mixture(new() { Components = 1001 }, "Components", "1001");
        Mixture(new() { MaximumComponents = 0 }, "MaximumComponents", "from 1 to 1000");
        Mixture(new() { MaximumComponents = 1001 }, "MaximumComponents", "1001");

        void Flow(FlowSampler.Options options, string setting, string found) => AssertRefused(() => FlowSampler.Fit(_kinds.Unlabelled, source, options), setting, found);
        Flow(new() { NumberOfLayers = 0 }, "NumberOfLayers", "from 1 to 100");
        Flow(new() { NumberOfLayers = 101 }, "NumberOfLayers", "101");
        Flow(new() { HiddenLayerSizes = [] }, "HiddenLayerSizes", "from 1 to 100");
        Flow(new() { HiddenLayerSizes = [8, 0] }, "HiddenLayerSizes", "from 1 to 65536");
        Flow(new() { NumberOfEpochs = 0 }, "NumberOfEpochs", "at least 1");
        Flow(new() { BatchSize = 0 }, "BatchSize", "at least 1");
        Flow(new() { LearningRate = 0 }, "LearningRate", "above 0 and at most 1");
        Flow(new() { LearningRate = 1.5 }, "LearningRate", "1.5");
        Flow(new() { LearningRate = double.NaN }, "LearningRate", "NaN");

        void Second(TwoStageSampler.Options options, string setting, string found) => AssertRefused(() => TwoStageSampler.Fit(_kinds.Unlabelled, source, options), setting, found);
        Second(new() { HiddenLayerSizes = [8, 0] }, "HiddenLayerSizes", "0");
        Second(new() { NumberOfEpochs = 0 }, "NumberOfEpochs", "at least 1");
        Second(new() { BatchSize = 0 }, "BatchSize", "from 1 to 1048576");
        Second(new() { LearningRate = -1 }, "LearningRate", "above 0 and at most 1");
    }

    [Fact]
    public void Rows_that_a_sampler_cannot_be_fitted_to()
    {
        foreach (string kind in FittedSamplerTests.FittedSamplers)
        {
            Assert.Contains("There are no rows", Assert.Throws<InvalidOperationException>(() => FittedSamplerTests.Fit(kind, _kinds.Unlabelled, _ml.Data.SampleFromVae(_kinds.Unlabelled, 0))).Message);
            IDataView unlabelled = _kinds.KindToKey.Transform(_ml.Data.LoadFromEnumerable([new KindRow { Kind = "never seen" }]));
            Assert.Contains("no rows with a label in column 'Kind'", Assert.Throws<InvalidOperationException>(() => FittedSamplerTests.Fit(kind, _kinds.ByKind, unlabelled)).Message);
            IDataView infinite = _ml.Data.LoadFromEnumerable([new KindRow { X = float.PositiveInfinity }]);
            Assert.Contains("Column 'X', row 0", Assert.Throws<InvalidOperationException>(() => FittedSamplerTests.Fit(kind, _kinds.Unlabelled, infinite)).Message);
            Assert.Contains("'X'", Assert.Throws<ArgumentOutOfRangeException>(() => FittedSamplerTests.Fit(kind, _kinds.Unlabelled, models.Table.Prepared)).Message);
            // One row is enough.
            using VaeSampler one = FittedSamplerTests.Fit(kind, _kinds.Unlabelled, _ml.Data.TakeRows(_kinds.Prepared, 1));
            Assert.All(_ml.Data.SampleFromVae(_kinds.Unlabelled, 20, one).ValuesOf<float>("X"), x => Assert.True(float.IsFinite(x)));
        }
    }

    [Fact]
    public void Every_fit_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => GaussianMixtureSampler.Fit(_kinds.Unlabelled, _kinds.Prepared, new() { CancellationToken = source.Token }));
        Assert.Throws<OperationCanceledException>(() => FlowSampler.Fit(_kinds.Unlabelled, _kinds.Prepared, new() { CancellationToken = source.Token }));
        Assert.Throws<OperationCanceledException>(() => TwoStageSampler.Fit(_kinds.Unlabelled, _kinds.Prepared, new() { CancellationToken = source.Token }));
        Assert.Throws<OperationCanceledException>(() => PosteriorSampler.Fit(_kinds.Unlabelled, _kinds.Prepared, cancellationToken: source.Token));

        // Also in the middle: after the last row has been read, what is left is the fitting.
        foreach (Action<IDataView, CancellationToken> fit in new Action<IDataView, CancellationToken>[]
        {
            (rows, token) => GaussianMixtureSampler.Fit(_kinds.Unlabelled, rows, new() { CancellationToken = token }),
            (rows, token) => FlowSampler.Fit(_kinds.Unlabelled, rows, new() { NumberOfEpochs = 100_000, CancellationToken = token }),
            (rows, token) => TwoStageSampler.Fit(_kinds.Unlabelled, rows, new() { NumberOfEpochs = 100_000, CancellationToken = token }),
        })
        {
            using var later = new CancellationTokenSource();
            int read = 0;
            var watched = new ObservedView(_kinds.Prepared, () =>
            {
                if (++read == _kinds.Rows.Length)
                {
                    later.Cancel();
                }
            });
            Assert.Throws<OperationCanceledException>(() => fit(watched, later.Token));
        }
    }

    private IDataView Rows(int count) => _ml.Data.SampleFromVae(_model, count);

    private IDataView Sample(ITransformer model, Action<VaeSamplingOptions> change)
    {
        var options = new VaeSamplingOptions();
        change(options);
        return _ml.Data.SampleFromVae(model, 1, options);
    }
}
