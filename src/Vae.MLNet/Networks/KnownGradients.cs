using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// Parts of a step whose gradient is computed by formula, in a pass or two over memory, where autograd takes several for each operator. Each ends the graph of autograd; back through it the formula
/// leads on, and between such parts autograd does.
/// </summary>
/// <param name="parameters">Those that learn.</param>
internal sealed class KnownGradients(IReadOnlyList<Parameter> parameters)
{
    private readonly List<Part> _parts = [];
    private readonly List<(Tensor Output, Tensor Gradient)> _pending = [];
    private readonly Dictionary<Parameter, int> _places = new(parameters.Index().Select(each => KeyValuePair.Create(each.Item, each.Index)), ReferenceEqualityComparer.Instance);
    private readonly HashSet<Parameter> _own = new(ReferenceEqualityComparer.Instance);
    private Parameter[] _others = [.. parameters];
    private ParameterGradient[] _gradients = [];

    /// <summary>Forgets the last step.</summary>
    public void Clear() => _parts.Clear();

    /// <summary>Says that nobody but known parts uses these parameters.</summary>
    public void Own(IEnumerable<Parameter> used)
    {
        _own.UnionWith(used);
        _others = [.. parameters.Where(parameter => !_own.Contains(parameter))];
    }

    /// <param name="value">Was computed without autograd.</param>
    /// <param name="back">Given the loss's gradient by the value, passes it on to what the value was computed from.</param>
    /// <returns>The value, for a loss to depend on.</returns>
    public Tensor Add(Tensor value, Action<Tensor> back)
    {
        _parts.Add(new Part(value.requires_grad_(), back));
        return value;
    }

    /// <summary>a - b of two known values, with a factor.</summary>
    public Tensor Difference(Tensor a, float factor, Tensor b)
    {
        using IDisposable noGradient = no_grad();
        return Add(a.Times(factor).sub_(b), gradient =>
        {
            Pass(a, gradient.Times(factor));
            Pass(b, -gradient);
        });
    }

    /// <summary>Columns of a known value, that are only a part of it to autograd, too.</summary>
    /// <param name="value"><c>[rows, some]</c>.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">Columns.</param>
    public Tensor Columns(Tensor value, long first, long count)
    {
        using IDisposable noGradient = no_grad();
        return Add(value.narrow(1, first, count).contiguous(), gradient =>
        {
            if (Find(value) is { } whole)
            {
                whole.Receive(gradient, first, count);
                return;
            }
            Tensor padded = zeros(value.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
            padded.narrow(1, first, count).Add(gradient);
            Pass(value, padded);
        });
    }

    /// <param name="value"><c>[rows]</c>.</param>
    /// <param name="inputs">What it depends on, and its derivative by that, <c>[rows, some]</c> each.</param>
    /// <returns>The value, for a loss to depend on.</returns>
    public Tensor Add(Tensor value, params (Tensor Input, Tensor Derivative)[] inputs) => Add(value, gradient =>
    {
        foreach ((Tensor input, Tensor derivative) in inputs)
        {
            Pass(input, derivative.mul_(gradient.unsqueeze(1)));
        }
    });

    /// <summary>Within the way back: the gradient by something that was computed before.</summary>
    public void Pass(Tensor output, Tensor gradient)
    {
        if (!output.requires_grad)
        {
            return;
        }
        if (Find(output) is { } part)
        {
            part.Receive(gradient);
        }
        else
        {
            _pending.Add((output, gradient));
        }
    }

    /// <summary>Within the way back: the gradient by a parameter.</summary>
    public ParameterGradient By(Parameter parameter) => _gradients[_places[parameter]];

    /// <summary>The gradient of a loss by the parameters.</summary>
    /// <param name="loss">Depends on known values and parameters.</param>
    /// <param name="factors">Of its shape: their sum of products is what is to be differentiated.</param>
    public IReadOnlyList<ParameterGradient> Of(Tensor loss, Tensor factors)
    {
        _gradients = [.. parameters.Select(_ => new ParameterGradient())];
        _pending.Clear();
        Pass(loss, factors);
        for (int part = _parts.Count - 1; part >= 0; part--)
        {
            Differentiate(part + 1);
            if (_parts[part].Gradient is { } gradient)
            {
                using IDisposable noGradient = no_grad();
                _parts[part].Back(gradient);
            }
        }
        Differentiate(0);
        return _gradients;
    }

    // What is pending, by the values of the first parts and by parameters.
    private void Differentiate(int count)
    {
        if (_pending.Count == 0)
        {
            return;
        }
        Tensor[] inputs = [.. _parts.Take(count).Select(part => part.Value), .. _others];
        if (inputs.Length > 0)
        {
            Tensor?[] found = Autograd.Of([.. _pending.Select(each => each.Output)], [.. _pending.Select(each => each.Gradient)], inputs, keepGraph: true);
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] is not { } gradient)
                {
                    continue;
                }
                if (i < count)
                {
                    _parts[i].Receive(gradient);
                }
                else
                {
                    By(_others[i - count]).Add(gradient);
                }
            }
        }
        _pending.Clear();
    }

    private Part? Find(Tensor value) => _parts.FindLast(part => ReferenceEquals(part.Value, value));

    private sealed class Part(Tensor value, Action<Tensor> back)
    {
        private Tensor? _byColumns;
        private Tensor? _whole;

        public Tensor Value => value;

        public Action<Tensor> Back => back;

        public Tensor? Gradient => _whole is null || _byColumns is null ? _whole ?? _byColumns : _whole.Plus(_byColumns);

        public void Receive(Tensor gradient) => _whole = _whole is null ? gradient : _whole.Plus(gradient);

        public void Receive(Tensor gradient, long firstColumn, long columns) => (_byColumns ??= zeros(value.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu)).narrow(1, firstColumn, columns).Add(gradient);
    }
}
