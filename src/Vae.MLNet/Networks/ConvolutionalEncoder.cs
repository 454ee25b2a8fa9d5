using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Images to outputs: convolutions that halve height and width, then a hidden layer, which sees the label as well, and the output layer.</summary>
internal sealed class ConvolutionalEncoder : Network
{
    private readonly ModuleList<Convolution> convolutions = new();
    private readonly DenseNetwork dense;
    private readonly VaeNetwork.Convolutional _settings;
    private readonly VaeNetworkShape _shape;

    public ConvolutionalEncoder(VaeNetwork.Convolutional settings, VaeNetworkShape shape)
        : base(nameof(ConvolutionalEncoder))
    {
        (_settings, _shape) = (settings, shape);
        int channels = settings.Channels;
        bool isFirst = true;
        foreach (int next in settings.LayerChannels)
        {
            convolutions.Add(new Convolution(channels, isFirst ? MarksIn(settings, shape) : 0, next, shape.Device));
            channels = next;
            isFirst = false;
        }
        int flat = channels * ImageSize.After(settings, settings.LayerChannels.Count).Pixels;
        dense = new DenseNetwork(new InputParts(flat, flat, 0, shape.Labels) { Gain = Activation.Gain(settings.Activation) }, [settings.HiddenLayerSize], shape.EncoderOutputs, ImageSize.DenseOf(settings), shape.Device);
        RegisterComponents();
    }

    public override Parameter? OutputBias => dense.OutputBias;

    public static long MostParameters(VaeNetwork.Convolutional settings, VaeNetworkShape shape)
    {
        long channels = settings.Channels + MarksIn(settings, shape);
        long total = 0;
        foreach (int next in settings.LayerChannels)
        {
            total += (channels * ImageSize.Kernel * ImageSize.Kernel + 1) * next;
            channels = next;
        }
        return total + DenseNetwork.MostParameters(channels * ImageSize.After(settings, settings.LayerChannels.Count).Pixels + shape.Labels, [settings.HiddenLayerSize], shape.EncoderOutputs);
    }

    public override Tensor forward(Tensor input)
    {
        long rows = input.shape[0];
        int channels = _settings.Channels + MarksIn(_settings, _shape);
        Tensor x = (_shape.Labels == 0 ? input : input.narrow(1, 0, _shape.Features + _shape.Marks)).reshape(rows, channels, _settings.Height, _settings.Width);
        for (int i = 0; i < convolutions.Count; i++)
        {
            x = Activation.Apply(_settings.Activation, convolutions[i].call(x));
        }
        x = x.reshape(rows, -1);
        return dense.call(_shape.Labels == 0 ? x : cat([x, input.narrow(1, input.shape[1] - _shape.Labels, _shape.Labels)], 1));
    }

    public override void Initialise(Generator generator)
    {
        for (int i = 0; i < convolutions.Count; i++)
        {
            convolutions[i].Initialise(generator, i == 0 ? 1 : Activation.Gain(_settings.Activation));
        }
        dense.Initialise(generator);
    }

    private static int MarksIn(VaeNetwork.Convolutional settings, VaeNetworkShape shape) => shape.Marks == 0 ? 0 : settings.Channels;

    /// <summary>
    /// A convolution of stride 2; channels of marks come last, and start at weight 0. As a matrix product of the image's patches: oneDNN, which libtorch 2.10 leaves convolutions to, reads memory that
    /// nobody has written where the number of channels is not a multiple of 16 and the processor has AVX-512 (backward by the input, and transposed), and so turns to NaN at random.
    /// </summary>
    private sealed class Convolution : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter weight;
        private readonly Parameter bias;
        private readonly int _marks;

        public Convolution(int channels, int marks, int outputs, Device device)
            : base(nameof(Convolution))
        {
            _marks = marks;
            weight = new Parameter(
                empty(outputs, channels + marks, ImageSize.Kernel, ImageSize.Kernel, dtype: ScalarType.Float32, device: device));
            bias = new Parameter(zeros(outputs, dtype: ScalarType.Float32, device: device));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            // [rows, channels x patch, pixels]
            Tensor patches = nn.functional.unfold(
                input, (ImageSize.Kernel, ImageSize.Kernel), padding: (ImageSize.Padding, ImageSize.Padding), stride: (ImageSize.Stride, ImageSize.Stride));
            Tensor pixels = weight.reshape(weight.shape[0], -1).unsqueeze(0).expand(input.shape[0], -1, -1).bmm(patches);
            return pixels.Plus(bias.view(-1, 1)).view(input.shape[0], weight.shape[0], input.shape[2] / ImageSize.Stride, input.shape[3] / ImageSize.Stride);
        }

        public void Initialise(Generator generator, double gain)
        {
            long channels = weight.shape[1] - _marks;
            Initial.Fill(weight.narrow(1, 0, channels), channels * ImageSize.Kernel * ImageSize.Kernel, generator, gain);
            weight.narrow(1, channels, _marks).zero_();
            bias.zero_();
        }
    }
}

/// <summary>Height and width after so many convolutions.</summary>
internal readonly record struct ImageSize(int Height, int Width)
{
    public const int Kernel = 4;
    public const int Stride = 2;
    public const int Padding = 1;

    public int Pixels => Height * Width;

    public static ImageSize After(VaeNetwork.Convolutional settings, int convolutions) => new(settings.Height >> convolutions, settings.Width >> convolutions);

    public static VaeNetwork.Dense DenseOf(VaeNetwork.Convolutional settings) => new() { Activation = settings.Activation, Dropout = settings.Dropout };
}
