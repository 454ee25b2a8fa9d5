using Microsoft.ML;

namespace Vae.MLNet.Report.Tests;

/// <summary>What cannot be reported on is said, and leaves no file.</summary>
public sealed class BadInputTests
{
    [Fact]
    public void A_model_without_a_vae_is_refused()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable([new Row(), new Row()]);
        ITransformer model = ml.Transforms.CopyColumns("Copy", "Value").Fit(data);
        ArgumentException error = Assert.Throws<ArgumentException>(() => VaeReport.Save(ml, model, data, new MemoryStream()));
        Assert.Contains("0 variational autoencoders", error.Message, StringComparison.Ordinal);
    }

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
