using System.Diagnostics.CodeAnalysis;

namespace Vae.MLNet.Samples.Disentanglement;

/// <summary>What the sample is told on the command line: nothing of its own. Only of drawn shapes the factors are known.</summary>
internal sealed class DrawnOptions : SampleOptions
{
    private DrawnOptions(string sample, int epochs)
        : base(sample, epochs)
    {
    }

    /// <inheritdoc/>
    protected override string Usage => "";

    /// <summary>Reads the command line; where it is wrong, says so on the error output.</summary>
    public static bool TryParse(string[] args, string sample, int epochs, [NotNullWhen(true)] out DrawnOptions? options)
    {
        options = new DrawnOptions(sample, epochs);
        options = options.TryRead(args) ? options : null;
        return options is not null;
    }
}
