namespace Vae.MLNet.Tests;

/// <summary>The models that rows are sampled from, trained once for all tests.</summary>
[CollectionDefinition(nameof(SampledModels))]
public sealed class SampledModels : ICollectionFixture<SampledModels>, IDisposable
{
    public SampledTable Table { get; } = new();

    public SampledKinds Kinds { get; } = new();

    public void Dispose()
    {
        Table.Dispose();
        Kinds.Dispose();
    }
}
