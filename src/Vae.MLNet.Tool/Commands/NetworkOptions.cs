using System.CommandLine;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary>The encoder and the decoder on the command line.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<Kind?> _kind = CommandOptions.Choice("--network", "convolutional for images. Default dense.", ("dense", Kind.Dense), ("convolutional", Kind.Convolutional));
    private readonly Option<int[]?> _layers = CommandOptions.Numbers("--layers", "n,...", "Sizes of the encoder's hidden layers, the decoder's in reverse; of the convolutional network the one after the convolutions. Default 512,256; 256.");
    private readonly Option<int[]?> _channels = CommandOptions.Numbers("--channels", "n,...", "Channels after each convolution. Default 32,64.");
    private readonly Option<VaeActivation?> _activation = CommandOptions.Choice(
        "--activation", "After each layer. Default silu.", ("silu", VaeActivation.SiLU), ("relu", VaeActivation.ReLU), ("elu", VaeActivation.ELU), ("gelu", VaeActivation.GELU), ("tanh", VaeActivation.Tanh));

    private readonly Option<bool> _layerNorm = CommandOptions.Flag("--layer-norm", "Normalise each layer of the dense network.");
    private readonly Option<double?> _dropout = CommandOptions.Number<double>("--dropout", "part", "The part of the hidden units that a step leaves out. Default 0.");

    public NetworkOptions(Command command)
    {
        command.Add(_kind);
        command.Add(_layers);
        command.Add(_channels);
        command.Add(_activation);
        command.Add(_layerNorm);
        command.Add(_dropout);
    }

    private enum Kind
    {
        Dense,
        Convolutional,
    }

    /// <exception cref="ToolException">Settings contradict each other.</exception>
    public void Set(ParseResult result, VaeEstimator.Options options, ImageShape? image)
    {
        int[]? layers = result.Given(_layers);
        if (result.GetValue(_kind) == Kind.Convolutional)
        {
            if (image is null)
            {
                throw new ToolException(ExitCode.Usage, "--network convolutional is for images: say their size by --image.");
            }
            if (result.GetValue(_layerNorm) || layers is { Length: not 1 })
            {
                throw new ToolException(ExitCode.Usage, "The convolutional network has one hidden layer after its convolutions (--layers 256), and no --layer-norm.");
            }
            var network = new VaeNetwork.Convolutional(image.Channels, image.Height, image.Width);
            options.Network = network with
            {
                LayerChannels = result.Given(_channels) ?? network.LayerChannels,
                HiddenLayerSize = layers?[0] ?? network.HiddenLayerSize,
                Activation = result.GetValue(_activation) ?? network.Activation,
                Dropout = result.GetValue(_dropout) ?? 0,
            };
            return;
        }
        if (result.Given(_channels) is not null)
        {
            throw new ToolException(ExitCode.Usage, "--channels is for --network convolutional.");
        }
        var dense = (VaeNetwork.Dense)options.Network;
        options.Network = dense with
        {
            HiddenLayerSizes = layers ?? dense.HiddenLayerSizes,
            Activation = result.GetValue(_activation) ?? dense.Activation,
            LayerNorm = result.GetValue(_layerNorm),
            Dropout = result.GetValue(_dropout) ?? 0,
        };
    }
}
