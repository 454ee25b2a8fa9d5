using System.Globalization;
using Microsoft.Playwright;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>The page as a person sees and uses it, and what went wrong there.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private readonly IPage _page;
    private readonly List<string> _errors = [];

    private Screen(IPage page)
    {
        _page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
        page.RequestFailed += (_, request) => _errors.Add($"{request.Url} failed");
        page.Request += (_, request) => Requested.Add(request.Url);
    }

    public List<string> Requested { get; } = [];

    public static async Task<Screen> Open(Chromium chromium, RunningPage explorer, int width, int height)
    {
        // The page is loaded once it is listened to.
        IPage page = await chromium.Open("about:blank", width, height);
        var screen = new Screen(page);
        await page.GotoAsync(explorer.Address);
        await page.WaitForSelectorAsync("body[data-ready=true]");
        await screen.At("#strip button, .fields tr").First.WaitForAsync();
        return screen;
    }

    public ILocator At(string selector) => _page.Locator(selector);

    /// <summary>What is shown as decoded.</summary>
    public Task<string> Decoded() => _page.EvaluateAsync<string>("(document.querySelector('#decoded canvas')?.toDataURL() ?? '') + document.querySelector('#decoded .shown').innerText");

    /// <summary>Does something, and waits until what is decoded is another.</summary>
    public async Task<string> Changes(Func<Task> act)
    {
        string before = await Decoded();
        await act();
        for (int tries = 0; tries < 300; tries++)
        {
            string now = await Decoded();
            if (now != before)
            {
                return now;
            }
            await Task.Delay(20);
        }
        throw new InvalidOperationException("What is decoded stays the same.");
    }

    /// <summary>Places of an element, in parts of its size, on the screen, after it was scrolled to the middle.</summary>
    public async Task<Func<double, double, (float X, float Y)>> Frame(string selector)
    {
        await At(selector).EvaluateAsync("element => element.scrollIntoView({ block: 'center' })");
        LocatorBoundingBoxResult box = (await At(selector).BoundingBoxAsync())!;
        return (x, y) => ((float)(box.X + x * box.Width), (float)(box.Y + y * box.Height));
    }

    public IMouse Mouse => _page.Mouse;

    public IKeyboard Keyboard => _page.Keyboard;

    /// <summary>Clicks on a control, once it stands still.</summary>
    public Task Click(string selector) => At(selector).ClickAsync();

    public async Task Click(string selector, double x, double y)
    {
        (float left, float top) = (await Frame(selector))(x, y);
        await Mouse.ClickAsync(left, top);
    }

    public async Task<double> Number(string selector) => double.Parse(await At(selector).InputValueAsync(), CultureInfo.InvariantCulture);

    /// <summary>Waits until something is said.</summary>
    public Task Says(string selector, string text) => Assertions.Expect(At(selector)).ToContainTextAsync(text, new() { Timeout = 15_000 });

    /// <summary>How much wider than the window the page is.</summary>
    public Task<int> Overflow() => _page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");

    public void HasNoErrors() => Assert.Empty(_errors);

    public async ValueTask DisposeAsync() => await _page.Context.DisposeAsync();
}
