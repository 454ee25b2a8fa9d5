using System.Globalization;
using System.Text.RegularExpressions;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>The page in a real browser, on a desk and on a phone.</summary>
public sealed partial class BrowserTests(ShapePage shapes, Chromium chromium, TableFile table) : IClassFixture<ShapePage>, IClassFixture<Chromium>, IClassFixture<TableFile>
{
    private const int Desk = 1280;
    private const int Phone = 390;
    private const int Height = 844;

    [SkippableTheory]
    [InlineData(Desk)]
    [InlineData(Phone)]
    public async Task Dragging_a_slider_changes_the_picture_while_it_is_dragged(int width)
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, width, Height);
        string slider = "#active .slider:first-child input";
        Func<double, double, (float X, float Y)> at = await screen.Frame(slider);

        await screen.Mouse.MoveAsync(at(0.5, 0.5).X, at(0.5, 0.5).Y);
        await screen.Mouse.DownAsync();
        string first = await screen.Changes(() => screen.Mouse.MoveAsync(at(0.8, 0.5).X, at(0.8, 0.5).Y));
        double there = await screen.Number(slider);
        string second = await screen.Changes(() => screen.Mouse.MoveAsync(at(0.2, 0.5).X, at(0.2, 0.5).Y));
        await screen.Mouse.UpAsync();

        Assert.NotEqual(first, second);
        Assert.True(await screen.Number(slider) < there);
        Assert.InRange(there, 0.5, 4);
        // What is decoded stays in sight.
        Assert.True(await screen.At("#decoded canvas").EvaluateAsync<bool>("canvas => { const box = canvas.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"));
        screen.HasNoErrors();
    }

    [SkippableTheory]
    [InlineData(Desk)]
    [InlineData(Phone)]
    public async Task A_click_on_the_map_decodes_what_lies_there(int width)
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, width, Height);

        string right = await screen.Changes(() => screen.Click("#map", 0.8, 0.3));
        Assert.Equal("from the map", await screen.At("#decoded-caption").TextContentAsync());
        string left = await screen.Changes(() => screen.Click("#map", 0.15, 0.7));

        Assert.NotEqual(right, left);
        screen.HasNoErrors();
    }

    [SkippableTheory]
    [InlineData(Desk)]
    [InlineData(Phone)]
    public async Task Drawing_from_the_prior_moves_the_sliders(int width)
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, width, Height);
        double[] before = await Sliders(screen);

        await screen.Changes(() => screen.Click("#resample"));

        Assert.Equal("drawn from the prior", await screen.At("#decoded-caption").TextContentAsync());
        double[] after = await Sliders(screen);
        // A slider has 200 places, and may by chance stay at its own.
        Assert.InRange(before.Zip(after).Count(pair => pair.First != pair.Second), before.Length - 2, before.Length);
        screen.HasNoErrors();
    }

    [SkippableTheory]
    [InlineData(Desk)]
    [InlineData(Phone)]
    public async Task Two_rows_are_picked_on_the_map_and_the_way_between_them_is_watched(int width)
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, width, Height);

        await screen.Click("input[value=a]");
        await screen.Click("#map", 0.2, 0.4);
        await screen.Click("input[value=b]");
        await screen.Click("#map", 0.8, 0.6);
        (double a, double b) = (await screen.Number("#a"), await screen.Number("#b"));
        Assert.NotEqual(a, b);
        await screen.Says("#step-value", "0 %");
        await screen.Changes(() => screen.Click("#play"));
        await screen.Says("#decoded-caption", FormattableString.Invariant($"100 % from row {a} to {b}"));
        await screen.Says("#play", "Play");
        string end = await screen.Decoded();

        string start = await screen.Changes(() => screen.Click("#strip button:first-child"));
        Assert.NotEqual(start, end);
        Assert.Equal(0, await screen.Number("#step"));
        // The end of the way is the row itself, decoded.
        await screen.At("#step").FocusAsync();
        Assert.Equal(end, await screen.Changes(() => screen.Keyboard.PressAsync("End")));
        screen.HasNoErrors();
    }

    [SkippableFact]
    public async Task The_keyboard_does_what_the_mouse_does()
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, Desk, Height);

        await screen.At("#map").FocusAsync();
        string before = (await screen.At("#map").GetAttributeAsync("aria-label"))!;
        await screen.Changes(() => screen.Keyboard.PressAsync("Shift+ArrowRight"));
        Assert.NotEqual(before, await screen.At("#map").GetAttributeAsync("aria-label"));
        await screen.At("#active .slider:first-child input").FocusAsync();
        await screen.Changes(() => screen.Keyboard.PressAsync("PageUp"));
        await screen.At("input[value=decode]").FocusAsync();
        await screen.Keyboard.PressAsync("ArrowRight");
        await screen.At("#map").FocusAsync();
        await screen.Keyboard.PressAsync("Enter");
        await screen.Says("#step-value", "0 %");
        await screen.At("#resample").FocusAsync();
        await screen.Changes(() => screen.Keyboard.PressAsync("Enter"));
        screen.HasNoErrors();
    }

    [SkippableFact]
    public async Task Every_control_has_a_name_and_the_page_loads_nothing_from_elsewhere()
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, Desk, Height);

        int nameless = await screen.At("input, select, button, canvas[tabindex]").EvaluateAllAsync<int>(
            "all => all.filter(each => !(each.labels?.length || each.textContent.trim() || each.getAttribute('aria-label'))).length");

        Assert.Equal(0, nameless);
        Assert.All(screen.Requested.Where(url => !url.StartsWith("about:", StringComparison.Ordinal)), url => Assert.StartsWith(shapes.Page.Address, url, StringComparison.Ordinal));
        screen.HasNoErrors();
    }

    [SkippableTheory]
    [InlineData(Desk)]
    [InlineData(Phone)]
    public async Task Nothing_is_wider_than_the_window(int width)
    {
        await using Screen images = await Screen.Open(chromium, shapes.Page, width, Height);
        await using RunningPage people = await RunningPage.Start(SavedModel.Open(table.Conditional, table.Csv, null, null));
        await using Screen rows = await Screen.Open(chromium, people, width, Height);

        Assert.InRange(await images.Overflow(), int.MinValue, 0);
        Assert.InRange(await rows.Overflow(), int.MinValue, 0);
    }

    [SkippableFact]
    public async Task A_row_of_a_table_is_shown_with_the_names_of_its_columns_and_follows_the_label()
    {
        await using RunningPage people = await RunningPage.Start(SavedModel.Open(table.Conditional, table.Csv, null, null));
        await using Screen screen = await Screen.Open(chromium, people, Desk, Height);

        Assert.Equal(["Age", "IsMember"], await screen.At("#decoded tbody th").AllTextContentsAsync());
        string other = (await screen.At("#label").InputValueAsync()) == TableFile.Towns[0] ? TableFile.Towns[2] : TableFile.Towns[0];
        await screen.Changes(() => screen.At("#label").SelectOptionAsync(other));
        await screen.Changes(() => screen.Click("#resample"));
        await screen.Changes(() => screen.Click("#play"));
        screen.HasNoErrors();
    }

    [SkippableFact]
    public async Task A_step_of_a_slider_is_shown_within_50_milliseconds()
    {
        await using Screen screen = await Screen.Open(chromium, shapes.Page, Desk, Height);
        await screen.At("#active .slider:first-child input").FocusAsync();
        // From one end, so that no step is against the other.
        await screen.Keyboard.PressAsync("Home");
        var times = new List<double>();
        for (int step = 0; step < 30; step++)
        {
            await screen.Changes(() => screen.Keyboard.PressAsync(step % 10 < 5 ? "PageUp" : "PageDown"));
            times.Add(double.Parse(RoundTrip().Match((await screen.At("#timing").TextContentAsync())!).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        // The median: other processes may stop this one now and then.
        Assert.InRange(times.Order().ElementAt(times.Count / 2), 0, 50);
    }

    private static async Task<double[]> Sliders(Screen screen) => await screen.At(".slider input").EvaluateAllAsync<double[]>("all => all.map(each => each.valueAsNumber)");

    [GeneratedRegex(@"(\d+) ms with")]
    private static partial Regex RoundTrip();
}
