using Microsoft.Playwright;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>The browser of the machine, without a window. One for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (s_places.FirstOrDefault(File.Exists) is { } path)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path });
        }
    }

    /// <summary>A window of its own; skips the test where there is no browser.</summary>
    public async Task<IPage> Open(string address, int width, int height)
    {
        Skip.If(_browser is null, $"There is no Chromium: neither of {string.Join(", ", s_places)} is a file (apt-get install chromium).");
        IBrowserContext context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(15_000);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(address);
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
    }
}
