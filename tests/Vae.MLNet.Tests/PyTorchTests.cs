using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>The saved weights mean the same in PyTorch: tests/python/check_weights.py recomputes every output from the file.</summary>
public sealed class PyTorchTests
{
    [SkippableTheory]
    [InlineData(VaeLikelihood.Gaussian)]
    [InlineData(VaeLikelihood.Bernoulli)]
    public void PyTorch_computes_the_same_from_the_saved_weights(VaeLikelihood likelihood)
    {
        PyTorch.SkipIfAbsent();
        var ml = new MLContext(seed: 1);
        TestRow[] rows = likelihood == VaeLikelihood.Gaussian ? TestRows.Make(500) : TestRows.MakeUnit(500);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            options.Likelihood = likelihood;
            options.LatentDimension = 3;
            options.HiddenLayerSizes = [32, 16];
            options.NumberOfEpochs = 20;
        });
        TestOutput[] outputs = ml.Outputs(model.Transform(data));
        PyTorch.RequireSame(ml, model, data, rows.Select(row => row.Features), outputs.Select(output => (float[])[.. output.Latent, .. output.LogVariance, .. output.Reconstruction, output.Score]));
    }
}
