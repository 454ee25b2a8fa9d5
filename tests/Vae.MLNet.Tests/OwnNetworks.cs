using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Vae.MLNet.Tests;

/// <summary>Networks such as a user of the library might write.</summary>
internal static class OwnNetworks
{
    public const string Sequential = "tests: tanh layers";
    public const string Residual = "tests: residual blocks";
    public const string Steep = "tests: a fifth power";

    public static void Register()
    {
        VaeNetwork.Register(Sequential, (shape, configuration) => (
            Layers(shape.EncoderInputs, int.Parse(configuration, System.Globalization.CultureInfo.InvariantCulture), shape.EncoderOutputs),
            Layers(shape.DecoderInputs, int.Parse(configuration, System.Globalization.CultureInfo.InvariantCulture), shape.DecoderOutputs)));
        VaeNetwork.Register(Steep, (shape, _) => (new SteepNetwork(shape.EncoderInputs, shape.EncoderOutputs), Layers(shape.DecoderInputs, 4, shape.DecoderOutputs)));
        VaeNetwork.Register(Residual, (shape, _) => (new ResidualNetwork(shape.EncoderInputs, shape.EncoderOutputs), new ResidualNetwork(shape.DecoderInputs, shape.DecoderOutputs)));
    }

    public static Module<Tensor, Tensor> Layers(int inputs, int hidden, int outputs) => nn.Sequential(("first", Linear(inputs, hidden)), ("bend", Tanh()), ("last", Linear(hidden, outputs)));

    /// <summary>y = s (W2 (h + tanh(W1 h))), h = W0 x.</summary>
    private sealed class ResidualNetwork : Module<Tensor, Tensor>
    {
        private const int Width = 12;

        private readonly Module<Tensor, Tensor> enter;
        private readonly Module<Tensor, Tensor> block;
        private readonly Module<Tensor, Tensor> leave;
        private readonly Gain gain;

        public ResidualNetwork(int inputs, int outputs)
            : base(nameof(ResidualNetwork))
        {
            enter = Linear(inputs, Width);
            block = Linear(Width, Width);
            leave = Linear(Width, outputs);
            gain = new Gain(outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor h = enter.call(input);
            return gain.call(leave.call(h + block.call(h).tanh()));
        }
    }

    /// <summary>y = h + h^5 / 1000, h = W x: what is far outside leaves single precision.</summary>
    private sealed class SteepNetwork : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> enter;

        public SteepNetwork(int inputs, int outputs)
            : base(nameof(SteepNetwork))
        {
            enter = Linear(inputs, outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor h = enter.call(input);
            return h + h.pow(5) * 1e-3f;
        }
    }

    /// <summary>A factor per output: a last parameter that is neither a weight nor a bias.</summary>
    private sealed class Gain : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter factor;

        public Gain(int outputs)
            : base(nameof(Gain))
        {
            factor = new TorchSharp.Modules.Parameter(ones(outputs));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * factor;
    }
}
