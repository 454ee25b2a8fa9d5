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

    public DenseNetwork(InputParts inputs, IReadOnlyList<int> hiddenLayerSizes, int outputs, VaeNetwork.Dense settings, Device device)
        : base(nameof(DenseNetwork))
    {
        _inputs = inputs;
        _activation = settings.Activation;
        long size = inputs.Count;
        foreach (int next in hiddenLayerSizes)
        {
            hidden.Add(nn.Linear(size, next, device: device));
            if (settings.LayerNorm)
            {
                norms.Add(new LayerNorm(next, device));
            }
            size = next;
        }
        dropout = new Dropout(settings.Dropout);
        output = nn.Linear(size, outputs, device: device);
        RegisterComponents();
    }

    public override Parameter? OutputBias => output.bias;

    /// <summary>Its layers, from the input on, as they are when nothing is dropped.</summary>
    public IEnumerable<DenseLayer> Layers => hidden
        .Select((layer, i) => new DenseLayer(layer.weight!, layer.bias!, norms.Count > 0 ? norms[i] : null, _activation))
        .Append(new DenseLayer(output.weight!, output.bias!, null, null));

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
                Initial.Fill(layer.weight!, _inputs, generator);
            }
            else
            {
                Initial.Fill(layer.weight!, layer.weight!.shape[1], generator, Activation.Gain(_activation));
            }
            layer.bias!.zero_();
            isFirst = false;
        }
    }
}

/// <summary>One layer of a <see cref="DenseNetwork"/>.</summary>
/// <param name="Weight"><c>[outputs, inputs]</c>.</param>
/// <param name="Bias"><c>[outputs]</c>.</param>
/// <param name="Norm">Comes before the activation; null for none.</param>
/// <param name="Activation">Null for none.</param>
internal sealed record DenseLayer(Parameter Weight, Parameter Bias, LayerNorm? Norm, VaeActivation? Activation);
