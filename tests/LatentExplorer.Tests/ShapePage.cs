namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>The page of a small model of drawn shapes. One for all tests of a class.</summary>
public sealed class ShapePage : IAsyncLifetime
{
    private const int Images = 1000;

    internal RunningPage Page { get; private set; } = null!;

    public async Task InitializeAsync() => Page = await RunningPage.Start(DrawnShapes.Train(Images, epochs: 6));

    public async Task DisposeAsync() => await Page.DisposeAsync();
}
