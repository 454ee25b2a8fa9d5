using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>What a source throws comes out as it is, or within ML.NET's exception where ML.NET reads in threads of its own.</summary>
public sealed class SourceErrorTests
{
    private const int BadRow = 700;

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_of_the_source_is_the_exception_or_within_it(bool isBehindTransforms)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(TestRows.Make(1000));
        int row = -1;
        IDataView failing = new ObservedView(rows, () =>
        {
            if (++row == BadRow)
            {
                throw new SourceException();
            }
        });
        // ML.NET normalises in several threads.
        IEstimator<ITransformer> Estimator() => isBehindTransforms
            ? _ml.Transforms.NormalizeMinMax("Features").Append(_ml.Transforms.VariationalAutoencoder(TestRows.Options()))
            : _ml.Transforms.VariationalAutoencoder(TestRows.Options());
        ITransformer model = Estimator().Fit(rows);
        using var memory = (IDisposable)model;
        Action[] reads =
        [
            () => Estimator().Fit(failing),
            () => _ml.Outputs(model.Transform(failing)),
            () => _ml.Model.EvaluateVariationalAutoencoder(model, failing, 2),
            () => GaussianMixtureSampler.Fit(model, failing),
        ];
        foreach (Action read in reads)
        {
            row = -1;
            Exception error = Assert.ThrowsAny<Exception>(read);
            Assert.Contains(Chain(error), each => each is SourceException);
            if (!isBehindTransforms)
            {
                Assert.IsType<SourceException>(error);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_that_is_refused_is_named_by_its_row_where_MLNet_reads_in_several_threads(bool isBetweenTransforms)
    {
        TestRow[] rows = TestRows.Make(1000);
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows));
        rows[BadRow].Features = [1, 2];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        IDataView copied = _ml.Transforms.CopyColumns("Copy", "Features").Fit(data).Transform(data);
        IDataView seen = model.Transform(isBetweenTransforms ? copied : data);
        IDataView behind = _ml.Transforms.Concatenate("Both", "Latent", "Draw").Fit(seen).Transform(seen);
        Exception error = Assert.ThrowsAny<InvalidOperationException>(() => behind.VectorsOf("Both"));
        Assert.Contains(Chain(error), each => each.Message == "Column 'Features', row 700: expected 6 values, found 2.");
    }

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (Exception? each = error; each is not null; each = each.InnerException)
        {
            yield return each;
        }
    }

    private sealed class SourceException : Exception;
}
