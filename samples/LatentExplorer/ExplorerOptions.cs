using System.CommandLine;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>What the explorer is told on the command line.</summary>
internal sealed class ExplorerOptions
{
    private const int UsualPort = 5080;

    public ExplorerOptions()
    {
        Port.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 0 or > ushort.MaxValue)
            {
                result.AddError($"--port is to be from 0 to {ushort.MaxValue}.");
            }
        });
        Command = new RootCommand("A page to explore the latent space of a variational autoencoder. Without --model it learns to draw shapes first.") { Model, Data, Label, Image, Port, NoBrowser };
        Command.Validators.Add(result =>
        {
            if (result.GetResult(Model) is null && new Option[] { Data, Label, Image }.FirstOrDefault(option => result.GetResult(option) is not null) is { } lone)
            {
                result.AddError($"{lone.Name} goes with --model.");
            }
        });
    }

    public RootCommand Command { get; }

    public Option<string?> Model { get; } = new("--model") { HelpName = "model.zip", Description = "A model that ML.NET or vae saved, with one variational autoencoder in it." };

    public Option<string?> Data { get; } = new("--data") { HelpName = "rows.csv", Description = "Rows as the model reads them, with a header; the first 20,000 count. Without it the map shows rows that the model draws." };

    public Option<string?> Label { get; } = new("--label") { HelpName = "column", Description = "The column that colours the map. Default: the model's label, one called Label, or the first category." };

    public Option<ImageSize?> Image { get; } = new("--image")
    {
        HelpName = "28x28",
        Description = "How a row is an image: height, width and, of colour images, 3 channels. Default: as the model says, or a square.",
        CustomParser = result =>
        {
            ImageSize? size = ImageSize.Parse(result.Tokens[0].Value);
            if (size is null)
            {
                result.AddError($"--image is to be like 28x28 or 32x32x3, not '{result.Tokens[0].Value}'.");
            }
            return size;
        },
    };

    public Option<int> Port { get; } = new("--port") { HelpName = "n", Description = "On this computer only; 0 takes a free one.", DefaultValueFactory = _ => UsualPort };

    public Option<bool> NoBrowser { get; } = new("--no-browser") { Description = "Only prints the address." };
}
