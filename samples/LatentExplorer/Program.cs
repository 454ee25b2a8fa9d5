// A page to explore a model's latent space by hand: sliders, a map, ways from one row to another. Without --model it first learns to draw shapes.
using System.Globalization;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.LatentExplorer;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = new ExplorerOptions();
options.Command.SetAction(async (parsed, cancellation) =>
{
    try
    {
        Console.WriteLine(RunningOn.Versions);
        using Explorer explorer = parsed.GetValue(options.Model) is { } path
            ? SavedModel.Open(path, parsed.GetValue(options.Data), parsed.GetValue(options.Label), parsed.GetValue(options.Image))
            : DrawnShapes.Train();
        await using WebApplication page = ExplorerPage.Create(explorer, parsed.GetValue(options.Port));
        await page.StartAsync(cancellation);
        string address = page.Urls.Single();
        Console.WriteLine($"{explorer.Title}: {address} (Ctrl-C ends)");
        if (!parsed.GetValue(options.NoBrowser))
        {
            Browser.Open(address);
        }
        await page.WaitForShutdownAsync(cancellation);
        return 0;
    }
    catch (Exception error) when (error is ExplorerException or IOException)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
});
return await options.Command.Parse(args).InvokeAsync();
