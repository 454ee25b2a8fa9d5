using System.Text.Json.Serialization;
using TorchSharp;
using Vae.MLNet.Networks;

namespace Vae.MLNet;

/// <summary>The encoder and the decoder of a VAE: <see cref="Dense"/>, <see cref="Convolutional"/> or <see cref="Custom"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Dense), "dense")]
[JsonDerivedType(typeof(Convolutional), "convolutional")]
[JsonDerivedType(typeof(Custom), "custom")]
public abstract record VaeNetwork
{
    private VaeNetwork()
    {
    }

    /// <summary>Makes own encoders and decoders known by a name, under which models with them are saved and loaded. In a process that only loads a model, call it before <c>Model.Load</c>.</summary>
    /// <param name="factory">The name. One that is there already is replaced.</param>
    /// <param name="create">
    /// Makes an encoder, <c>[rows, shape.EncoderInputs]</c> to <c>[rows, shape.EncoderOutputs]</c>, and a decoder, <c>[rows, shape.DecoderInputs]</c> to <c>[rows, shape.DecoderOutputs]</c>, from the shape
    /// and the text of <see cref="Custom.Configuration"/>. The same arguments have to give modules with the same names and shapes of parameters. Parameters of two or more dimensions are then drawn anew
    /// (LeCun et al., 1998) and those whose name ends in "bias" are set to 0, so that the same seed gives the same model. Modules that draw random numbers themselves (such as Dropout) take them from TorchSharp's global generator.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static void Register(string factory, Func<VaeNetworkShape, string, (torch.nn.Module<torch.Tensor, torch.Tensor> Encoder, torch.nn.Module<torch.Tensor, torch.Tensor> Decoder)> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(factory);
        ArgumentNullException.ThrowIfNull(create);
        CustomNetworks.Register(factory, create);
    }

    /// <exception cref="ArgumentException">A setting is outside its range, or not possible for such rows.</exception>
    internal abstract void Validate();

    /// <exception cref="ArgumentException">Not possible for rows of this shape.</exception>
    internal virtual void ValidateFor(VaeNetworkShape shape)
    {
    }

    internal abstract (Network Encoder, Network Decoder) Create(VaeNetworkShape shape);

    /// <summary>No more than this many parameters; known before any is made, but null for networks that are not ours.</summary>
    internal abstract long? MostParameters(VaeNetworkShape shape);

    private static void RequireLayerSizes(IReadOnlyList<int> sizes, string setting)
    {
        ArgumentNullException.ThrowIfNull(sizes, setting);
        for (int i = 0; i < sizes.Count; i++)
        {
            VaeEstimator.Options.RequireInRange(sizes[i], 1, 1 << 20, $"{setting}[{i}]");
        }
    }

    /// <summary>Fully connected layers.</summary>
    /// <param name="HiddenLayerSizes">Sizes of the encoder's hidden layers, from the input on; the decoder has the same in reverse. Each at least 1; none means a linear model.</param>
    public sealed record Dense(params IReadOnlyList<int> HiddenLayerSizes) : VaeNetwork
    {
        /// <summary>The nonlinearity after each hidden layer. Default <see cref="VaeActivation.SiLU"/>.</summary>
        public VaeActivation Activation { get; init; } = VaeActivation.SiLU;

        /// <summary>Whether each hidden layer is normalised before its activation (Ba et al., 2016). Default false.</summary>
        public bool LayerNorm { get; init; }

        /// <summary>The probability that training drops a hidden unit (Srivastava et al., 2014), from 0 to below 1. Default 0.</summary>
        public double Dropout { get; init; }

        internal override void Validate()
        {
            RequireLayerSizes(HiddenLayerSizes, nameof(HiddenLayerSizes));
            VaeEstimator.Options.RequireDefined(Activation, nameof(Activation));
            VaeEstimator.Options.RequireFraction(Dropout, nameof(Dropout));
        }

        internal override (Network Encoder, Network Decoder) Create(VaeNetworkShape shape) => (
            new DenseNetwork(shape.EncoderParts, HiddenLayerSizes, shape.EncoderOutputs, this, shape.Device),
            new DenseNetwork(shape.DecoderParts, [.. HiddenLayerSizes.Reverse()], shape.DecoderOutputs, this, shape.Device));

        internal override long? MostParameters(VaeNetworkShape shape) =>
            DenseNetwork.MostParameters(shape.EncoderInputs, HiddenLayerSizes, shape.EncoderOutputs) + DenseNetwork.MostParameters(shape.DecoderInputs, [.. HiddenLayerSizes.Reverse()], shape.DecoderOutputs);
    }

    /// <summary>
    /// For images in one vector column, channel by channel and row by row: convolutions of 4 x 4 pixels with stride 2, then a fully connected layer; in the decoder their transposes (Radford et al.,
    /// 2016). Marks of missing pixels are further channels.
    /// </summary>
    /// <param name="Channels">Colours: 1 for grey, 3 for colour.</param>
    /// <param name="Height">Pixels, at least 8.</param>
    /// <param name="Width">Pixels, at least 8.</param>
    public sealed record Convolutional(int Channels, int Height, int Width) : VaeNetwork
    {
        /// <summary>Channels after each convolution, each of which halves height and width; as many as the image can be halved, at least 1. Default 32, 64.</summary>
        public IReadOnlyList<int> LayerChannels { get; init; } = [32, 64];

        /// <summary>Size of the fully connected layer between the convolutions and the latent, at least 1. Default 256.</summary>
        public int HiddenLayerSize { get; init; } = 256;

        /// <summary>The nonlinearity after each layer. Default <see cref="VaeActivation.SiLU"/>.</summary>
        public VaeActivation Activation { get; init; } = VaeActivation.SiLU;

        /// <summary>The probability that training drops a unit of the fully connected layer, from 0 to below 1. Default 0.</summary>
        public double Dropout { get; init; }

        internal override void Validate()
        {
            const int smallest = 8;
            const int largest = 1 << 12;
            VaeEstimator.Options.RequireInRange(Channels, 1, largest, nameof(Channels));
            VaeEstimator.Options.RequireInRange(Height, smallest, largest, nameof(Height));
            VaeEstimator.Options.RequireInRange(Width, smallest, largest, nameof(Width));
            RequireLayerSizes(LayerChannels, nameof(LayerChannels));
            int most = (int)Math.Log2(Math.Min(Height, Width));
            if (LayerChannels.Count < 1 || LayerChannels.Count > most)
            {
                throw new ArgumentException($"{LayerChannels.Count} convolutions, each of which halves the image, are set; {Height} x {Width} pixels allow 1 to {most}.", nameof(LayerChannels));
            }
            VaeEstimator.Options.RequireInRange(HiddenLayerSize, 1, 1 << 20, nameof(HiddenLayerSize));
            VaeEstimator.Options.RequireDefined(Activation, nameof(Activation));
            VaeEstimator.Options.RequireFraction(Dropout, nameof(Dropout));
        }

        internal override void ValidateFor(VaeNetworkShape shape)
        {
            if ((long)Channels * Height * Width != shape.Features || shape.ActiveFeatures != shape.Features)
            {
                throw new ArgumentException(
                    $"The convolutional network is for images of {Channels} x {Height} x {Width} = {(long)Channels * Height * Width} values in one vector of numbers; the inputs have {shape.Features} slots for {shape.ActiveFeatures} numbers and categories.");
            }
        }

        internal override (Network Encoder, Network Decoder) Create(VaeNetworkShape shape) => (new ConvolutionalEncoder(this, shape), new ConvolutionalDecoder(this, shape));

        internal override long? MostParameters(VaeNetworkShape shape) => ConvolutionalEncoder.MostParameters(this, shape) + ConvolutionalDecoder.MostParameters(this, shape);
    }

    /// <summary>Own modules, made by a factory that <see cref="Register"/> knows by name.</summary>
    /// <param name="Factory">The factory's name.</param>
    /// <param name="Configuration">What the factory is told: any text, saved with the model.</param>
    public sealed record Custom(string Factory, string Configuration = "") : VaeNetwork
    {
        internal override void Validate()
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(Factory);
            ArgumentNullException.ThrowIfNull(Configuration);
            CustomNetworks.RequireKnown(Factory);
        }

        internal override (Network Encoder, Network Decoder) Create(VaeNetworkShape shape) => CustomNetworks.Create(this, shape);

        internal override long? MostParameters(VaeNetworkShape shape) => null;
    }
}
