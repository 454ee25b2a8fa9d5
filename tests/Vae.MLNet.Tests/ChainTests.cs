using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A VAE is evaluated where it stands: alone, in a chain, in a chain in a chain, fitted or loaded.</summary>
public sealed class ChainTests(ChainTests.Trained trained) : IClassFixture<ChainTests.Trained>
{
    private readonly MLContext _ml = trained.Context;

    [Fact]
    public void A_chain_is_evaluated_as_its_vae_is_on_the_rows_that_reach_it()
    {
        string alone = Exactly.Text(trained.Vae.EvaluatedBy(_ml, trained.Normalised));
        Assert.Equal(alone, Exactly.Text(trained.Chain.EvaluatedBy(_ml, trained.Data)));
        Assert.Equal(trained.Rows.Length, trained.Chain.EvaluatedBy(_ml, trained.Data).RowCount);
        // Not what the VAE would say of rows that nobody has normalised.
        Assert.NotEqual(alone, Exactly.Text(trained.Vae.EvaluatedBy(_ml, trained.Data)));
    }

    [Fact]
    public void A_loaded_chain_gives_the_same_numbers_as_the_fitted_one()
    {
        ITransformer loaded = _ml.SavedAndLoaded(trained.Chain, trained.Data.Schema);
        Assert.Equal(Exactly.Text(trained.Chain.EvaluatedBy(_ml, trained.Data)), Exactly.Text(loaded.EvaluatedBy(new MLContext(), trained.Data)));
        ((IDisposable)loaded).Dispose();
    }

    [Fact]
    public void A_vae_is_found_in_chains_of_chains()
    {
        string expected = Exactly.Text(trained.Chain.EvaluatedBy(_ml, trained.Data));
        ITransformer[] parts = [.. trained.Chain];
        var nested = new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(parts[0], new TransformerChain<ITransformer>(parts[1])), new TransformerChain<ITransformer>(parts[2..]));
        Assert.Equal(expected, Exactly.Text(nested.EvaluatedBy(_ml, trained.Data)));
        Assert.Equal(expected, Exactly.Text(_ml.SavedAndLoaded(nested, trained.Data.Schema).EvaluatedBy(_ml, trained.Data)));

        var inner = _ml.Transforms.CopyColumns("Copy", "Features").Append(trained.Estimator());
        using var fitted = _ml.Transforms.NormalizeMinMax("Features").Append(inner).Fit(trained.Data);
        Assert.Equal(trained.Rows.Length, fitted.EvaluatedBy(_ml, trained.Data).RowCount);
    }

    [Fact]
    public void What_comes_after_the_vae_is_not_run_and_its_columns_are_not_wanted()
    {
        // The classifier's label is not there.
        IDataView unlabelled = _ml.Data.LoadFromEnumerable(TestRows.Make(trained.Rows.Length));
        Assert.Equal(trained.Rows.Length, trained.Chain.EvaluatedBy(_ml, unlabelled).RowCount);
        var source = new CountingView(trained.Data);
        trained.Chain.EvaluatedBy(_ml, source);
        Assert.Equal(["Features"], source.LastColumns);
    }

    [Fact]
    public void A_factor_may_come_out_of_what_is_before_the_vae()
    {
        ITransformer copy = _ml.Transforms.CopyColumns("Factor", "Label").Fit(trained.Data);
        var chain = new TransformerChain<ITransformer>([copy, .. trained.Chain]);
        VaeMetrics metrics = _ml.Model.EvaluateVariationalAutoencoder(chain, trained.Data, 2, "Factor", "Label");
        Assert.Equal(["Factor", "Label"], metrics.FactorGaps.Select(factor => factor.ColumnName));
        Assert.Equal(metrics.FactorGaps[0].Gap, metrics.FactorGaps[1].Gap);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Model.EvaluateVariationalAutoencoder(chain, trained.Data, 2, "PredictedLabel"));
        Assert.Contains("Could not find factor column 'PredictedLabel'", error.Message);
    }

    [Fact]
    public void A_model_with_no_vae_or_two_is_refused_with_their_number()
    {
        ITransformer[] parts = [.. trained.Chain];
        void AssertRefused(ITransformer model, string said)
        {
            var error = Assert.Throws<ArgumentException>(() => model.EvaluatedBy(_ml, trained.Data));
            Assert.Contains(said, error.Message);
            Assert.Equal("model", error.ParamName);
        }

        AssertRefused(parts[0], "0 variational autoencoders among 1 transformers: one is wanted");
        AssertRefused(new TransformerChain<ITransformer>(parts[0], parts[2]), "0 variational autoencoders among 2 transformers");
        AssertRefused(new TransformerChain<ITransformer>(), "0 variational autoencoders among 0 transformers");

        using VaeTransformer second = TestRows.Fit(_ml, trained.Data, options => (options.NumberOfEpochs, options.OutputColumnName) = (1, "Other"));
        AssertRefused(new TransformerChain<ITransformer>([.. parts, second]), "2 variational autoencoders among");
        AssertRefused(new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(parts), second), "2 variational autoencoders among");
    }

    /// <summary>A chain trained once for all tests: normalise, autoencode, classify.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained()
        {
            Rows = [.. TestRows.Make(600).Select(row => new LabelledRow { Features = row.Features, Label = row.Features[0] > 0.5 ? 1u : 0u })];
            Data = Context.Data.LoadFromEnumerable(Rows);
            Chain = Context.Transforms.NormalizeMinMax("Features")
                .Append<ITransformer>(Estimator())
                .Append<ITransformer>(Context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Latent"))
                .Fit(Data);
            Normalised = Chain.First().Transform(Data);
        }

        public MLContext Context { get; } = new(seed: 1);

        internal LabelledRow[] Rows { get; }

        public IDataView Data { get; }

        public TransformerChain<ITransformer> Chain { get; }

        public VaeTransformer Vae => Chain.OfType<VaeTransformer>().Single();

        /// <summary>What the autoencoder sees.</summary>
        public IDataView Normalised { get; }

        public VaeEstimator Estimator() => Context.Transforms.VariationalAutoencoder(TestRows.Options());

        public void Dispose() => Chain.Dispose();
    }

    /// <summary>Features, and a key that says whether the first is large.</summary>
    internal sealed class LabelledRow
    {
        [VectorType(TestRow.FeatureCount)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }
}

file static class Evaluated
{
    public static VaeMetrics EvaluatedBy(this ITransformer model, MLContext ml, IDataView data) => ml.Model.EvaluateVariationalAutoencoder(model, data, draws: 5);
}
