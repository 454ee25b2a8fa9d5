using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Fully connected hidden layers, each followed by its activation, and a linear output layer.</summary>
internal sealed class DenseNetwork : Network
{
    private readonly ModuleList<Linear> hidden = new();
    private readonly ModuleList<LayerNorm> norms = new();
    private readonly Dropout dropout;
    private readonly Linear output;
    private readonly InputParts _inputs;
    private readonly VaeActivation _activation;
    private readonly bool _isPlain;
    private KnownGradients? _known;
    private DenseLayer[] _layers = [];

    public DenseNetwork(InputParts inputs, IReadOnlyList<int> hiddenLayerSizes, int outputs, VaeNetwork.Dense settings, Device device)
        : base(nameof(DenseNetwork))
    {
        _inputs = inputs;
        _activation = settings.Activation;
        _isPlain = !settings.LayerNorm && settings.Dropout == 0;
        long size = inputs.Count;
        foreach (int next in hiddenLayerSizes)
        {
            hidden.Add(nn.Linear(size, next, device: device, dtype: ScalarType.Float32));
            if (settings.LayerNorm)
            {
                norms.Add(nn.LayerNorm(next, device: device, dtype: ScalarType.Float32));
            }
            size = next;
        }
        dropout = new Dropout(settings.Dropout);
        output = nn.Linear(size, outputs, device: device, dtype: ScalarType.Float32);
        RegisterComponents();
    }

    public override Parameter? OutputBias => output.bias;

    /// <summary>Where gradients that are known by formula go; set while training on the CPU. Those of norms and dropout are autograd's.</summary>
    public KnownGradients? Known
    {
        set
        {
            _known = _isPlain ? value : null;
            _layers = [.. Layers];
            _known?.Own(_layers.SelectMany(layer => new[] { layer.Weight, layer.Bias }));
        }
    }

    /// <summary>Its layers, from the input on, as they are when nothing is dropped.</summary>
    public IEnumerable<DenseLayer> Layers => hidden
        .Select((layer, i) => new DenseLayer(layer.weight, layer.bias!, norms.Count > 0 ? norms[i] : null, LayerMath.Of(_activation)))
        .Append(new DenseLayer(output.weight, output.bias!, null, null));

    /// <summary>Weights and biases of such a network, with norms.</summary>
    public static long MostParameters(long inputs, IReadOnlyList<int> hiddenLayerSizes, long outputs)
    {
        long total = 0;
        foreach (int next in hiddenLayerSizes)
        {
            total += (inputs + 3) * next;
            inputs = next;
        }
        return total + (inputs + 1) * outputs;
    }

    public override Tensor forward(Tensor input)
    {
        if (_known is not null)
        {
            return Forward(input, _known);
        }
        Tensor x = input;
        for (int i = 0; i < hidden.Count; i++)
        {
            x = hidden[i].call(x);
            x = Activation.Apply(_activation, norms.Count > 0 ? norms[i].call(x) : x);
            x = dropout.call(x);
        }
        return output.call(x);
    }

    public override void Initialise(Generator generator)
    {
        bool isFirst = true;
        foreach (Linear layer in hidden.Append(output))
        {
            if (isFirst)
            {
                Initial.Fill(layer.weight, _inputs, generator);
            }
            else
            {
                Initial.Fill(layer.weight, layer.weight.shape[1], generator, Activation.Gain(_activation));
            }
            layer.bias!.zero_();
            isFirst = false;
        }
    }

    // With what the way back needs: each layer's inputs, and the derivatives of its nonlinearity.
    private Tensor Forward(Tensor input, KnownGradients known)
    {
        using IDisposable noGradient = no_grad();
        var inputs = new Tensor[_layers.Length];
        var slopes = new Tensor[_layers.Length - 1];
        inputs[0] = input.contiguous();
        for (int i = 0; i < slopes.Length; i++)
        {
            DenseLayer layer = _layers[i];
            inputs[i + 1] = inputs[i].mm(layer.Weight.t());
            slopes[i] = empty(inputs[i + 1].shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
            layer.Activation!.Activate(OnDevice.Memory(layer.Bias), OnDevice.Memory(inputs[i + 1]), OnDevice.Memory(slopes[i]));
        }
        return known.Add(addmm(_layers[^1].Bias, inputs[^1], _layers[^1].Weight.t(), 1, 1), gradient => Back(gradient, input, inputs, slopes, known));
    }

    private void Back(Tensor gradient, Tensor input, Tensor[] inputs, Tensor[] slopes, KnownGradients known)
    {
        Tensor outputs = gradient.contiguous();
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            if (i < slopes.Length)
            {
                LayerMath.Multiply(OnDevice.Memory(slopes[i]), OnDevice.Memory(outputs));
            }
            Tensor bias = empty(_layers[i].Bias.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
            LayerMath.Sum(OnDevice.Memory(outputs), [], OnDevice.Memory(bias));
            known.By(_layers[i].Bias).Add(bias);
            known.By(_layers[i].Weight).Add(outputs, inputs[i]);
            if (i > 0 || input.requires_grad)
            {
                outputs = outputs.mm(_layers[i].Weight);
            }
        }
        known.Pass(input, outputs);
    }
}

/// <summary>One layer of a <see cref="DenseNetwork"/>.</summary>
/// <param name="Weight"><c>[outputs, inputs]</c>.</param>
/// <param name="Bias"><c>[outputs]</c>.</param>
/// <param name="Norm">Comes before the activation; null for none.</param>
/// <param name="Activation">Null for none.</param>
internal sealed record DenseLayer(Parameter Weight, Parameter Bias, LayerNorm? Norm, LayerMath? Activation);
