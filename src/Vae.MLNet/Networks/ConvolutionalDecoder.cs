using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Latents to images: the mirror of <see cref="ConvolutionalEncoder"/>, with a bias per pixel, which starts at the mean image.</summary>
internal sealed class ConvolutionalDecoder : Network
{
    private readonly DenseNetwork dense;
    private readonly ModuleList<TransposedConvolution> convolutions = new();
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
            convolutions.Add(new TransposedConvolution(settings.LayerChannels[layer], layer == 0 ? settings.Channels : settings.LayerChannels[layer - 1], ImageSize.After(settings, layer), shape.Device));
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
            x = convolutions[i].call(x);
            x = i + 1 < convolutions.Count ? Activation.Apply(_settings.Activation, x) : x;
        }
        return x.reshape(input.shape[0], -1).Plus(bias);
    }

    public override void Initialise(Generator generator)
    {
        dense.Initialise(generator);
        for (int i = 0; i < convolutions.Count; i++)
        {
            convolutions[i].Initialise(generator, Activation.Gain(_settings.Activation));
        }
        bias.zero_();
    }

    /// <summary>
    /// The transpose of a convolution of stride 2: each pixel adds its patch to the larger image (Dumoulin and Visin, 2016, section 4). As a matrix product, for the reason
    /// that <see cref="ConvolutionalEncoder"/> gives.
    /// </summary>
    private sealed class TransposedConvolution : nn.Module<Tensor, Tensor>
    {
        private const int Patch = ImageSize.Kernel * ImageSize.Kernel;

        private readonly Parameter weight;
        private readonly Parameter bias;
        private readonly ImageSize _size;

        public TransposedConvolution(int channels, int outputs, ImageSize size, Device device)
            : base(nameof(TransposedConvolution))
        {
            _size = size;
            weight = new Parameter(empty(outputs * Patch, channels, dtype: ScalarType.Float32, device: device));
            bias = new Parameter(zeros(outputs, dtype: ScalarType.Float32, device: device));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor pixels = input.reshape(input.shape[0], input.shape[1], -1);
            // [rows, outputs x patch, pixels]
            Tensor patches = weight.unsqueeze(0).expand(input.shape[0], -1, -1).bmm(pixels);
            Tensor image = nn.functional.fold(
                patches, (_size.Height, _size.Width), (ImageSize.Kernel, ImageSize.Kernel), padding: (ImageSize.Padding, ImageSize.Padding),
                stride: (ImageSize.Stride, ImageSize.Stride));
            return image.Plus(bias.view(-1, 1, 1));
        }

        public void Initialise(Generator generator, double gain)
        {
            // Patches overlap: a pixel gets Patch / stride^2 of them.
            Initial.Fill(weight, weight.shape[1] * Patch / (ImageSize.Stride * ImageSize.Stride), generator, gain);
            bias.zero_();
        }
    }
}
