using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Latents to images: the mirror of <see cref="ConvolutionalEncoder"/>, with a bias per pixel, which starts at the mean image.</summary>
internal sealed class ConvolutionalDecoder : Network
{
    private readonly DenseNetwork dense;
    private readonly ModuleList<ConvTranspose2d> convolutions = new();
    private readonly Parameter bias;
    private readonly VaeNetwork.Convolutional _settings;

    public ConvolutionalDecoder(VaeNetwork.Convolutional settings, VaeNetworkShape shape)
        : base(nameof(ConvolutionalDecoder))
    {
        _settings = settings;
        int layers = settings.LayerChannels.Count;
        dense = new DenseNetwork(shape.DecoderParts, [settings.HiddenLayerSize], settings.LayerChannels[^1] * ImageSize.After(settings, layers).Pixels, ImageSize.DenseOf(settings), shape.Device);
        for (int layer = layers - 1; layer >= 0; layer--)
        {
            int outputs = layer == 0 ? settings.Channels : settings.LayerChannels[layer - 1];
            convolutions.Add(nn.ConvTranspose2d(
                settings.LayerChannels[layer], outputs, ImageSize.Kernel, ImageSize.Stride, ImageSize.Padding,
                device: shape.Device, dtype: ScalarType.Float32));
        }
        bias = new Parameter(zeros(shape.DecoderOutputs, dtype: ScalarType.Float32, device: shape.Device));
        RegisterComponents();
    }

    public override Parameter? OutputBias => bias;

    public static long MostParameters(VaeNetwork.Convolutional settings, VaeNetworkShape shape)
    {
        int layers = settings.LayerChannels.Count;
        long total = DenseNetwork.MostParameters(shape.DecoderInputs, [settings.HiddenLayerSize], settings.LayerChannels[^1] * (long)ImageSize.After(settings, layers).Pixels) + shape.DecoderOutputs;
        for (int layer = 0; layer < layers; layer++)
        {
            long outputs = layer == 0 ? settings.Channels : settings.LayerChannels[layer - 1];
            total += outputs * (settings.LayerChannels[layer] * (long)ImageSize.Kernel * ImageSize.Kernel + 1);
        }
        return total;
    }

    public override Tensor forward(Tensor input)
    {
        ImageSize size = ImageSize.After(_settings, _settings.LayerChannels.Count);
        Tensor x = Activation.Apply(_settings.Activation, dense.call(input)).reshape(input.shape[0], _settings.LayerChannels[^1], size.Height, size.Width);
        for (int i = 0; i < convolutions.Count; i++)
        {
            ImageSize larger = ImageSize.After(_settings, convolutions.Count - 1 - i);
            x = convolutions[i].forward(x, [larger.Height, larger.Width]);
            x = i + 1 < convolutions.Count ? Activation.Apply(_settings.Activation, x) : x;
        }
        return x.reshape(input.shape[0], -1).Plus(bias);
    }

    public override void Initialise(Generator generator)
    {
        dense.Initialise(generator);
        foreach (ConvTranspose2d convolution in convolutions)
        {
            // Patches overlap: a pixel gets kernel^2 / stride^2 of them.
            const int overlap = ImageSize.Kernel * ImageSize.Kernel / (ImageSize.Stride * ImageSize.Stride);
            Initial.Fill(convolution.weight, convolution.weight.shape[0] * overlap, generator, Activation.Gain(_settings.Activation));
            convolution.bias!.zero_();
        }
        bias.zero_();
    }
}
