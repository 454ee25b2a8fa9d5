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

    /// <summary>A convolution of stride 2; channels of marks come last, and start at weight 0.</summary>
    private sealed class Convolution : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter weight;
        private readonly Parameter bias;
        private readonly PreciseWeights _precise;
        private readonly int _marks;

        public Convolution(int channels, int marks, int outputs, Device device)
            : base(nameof(Convolution))
        {
            _marks = marks;
            weight = new Parameter(empty(outputs, channels + marks, ImageSize.Kernel, ImageSize.Kernel, device: device));
            bias = new Parameter(zeros(outputs, device: device));
            _precise = new PreciseWeights(weight, bias);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            (Tensor weights, Tensor biases) = _precise.For(input);
            return nn.functional.conv2d(input, weights, biases, strides: [ImageSize.Stride, ImageSize.Stride], padding: [ImageSize.Padding, ImageSize.Padding]);
        }

        public void Initialise(Generator generator, double gain)
        {
            long channels = weight.shape[1] - _marks;
            Initial.Fill(weight.narrow(1, 0, channels), channels * ImageSize.Kernel * ImageSize.Kernel, generator, gain);
            weight.narrow(1, channels, _marks).zero_();
            bias.zero_();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _precise.Dispose();
            }
            base.Dispose(disposing);
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
