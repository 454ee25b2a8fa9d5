using System.CommandLine;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>The command line.</summary>
public sealed class OptionTests
{
    [Fact]
    public void Every_option_is_read()
    {
        var options = new ExplorerOptions();

        ParseResult parsed = options.Command.Parse(["--model", "m.zip", "--data", "d.csv", "--label", "Town", "--image", "32x16x3", "--port", "0", "--no-browser"]);

        Assert.Empty(parsed.Errors);
        Assert.Equal(("m.zip", "d.csv", "Town"), (parsed.GetValue(options.Model), parsed.GetValue(options.Data), parsed.GetValue(options.Label)));
        Assert.Equal(new ImageSize(32, 16, 3), parsed.GetValue(options.Image));
        Assert.Equal(0, parsed.GetValue(options.Port));
        Assert.True(parsed.GetValue(options.NoBrowser));
    }

    [Fact]
    public void Nothing_has_to_be_said()
    {
        var options = new ExplorerOptions();

        ParseResult parsed = options.Command.Parse([]);

        Assert.Empty(parsed.Errors);
        Assert.Null(parsed.GetValue(options.Model));
        Assert.Equal(5080, parsed.GetValue(options.Port));
    }

    [Theory]
    [InlineData("--data goes with --model.", "--data", "d.csv")]
    [InlineData("--image is to be like 28x28 or 32x32x3, not '28'.", "--model", "m.zip", "--image", "28")]
    [InlineData("--port is to be from 0 to 65535.", "--port", "70000")]
    public void What_is_wrong_is_said(string error, params string[] args) => Assert.Equal(error, Assert.Single(new ExplorerOptions().Command.Parse(args).Errors).Message);
}
