using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>
/// Adam (Kingma and Ba, 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter, 2019). On the CPU a step reads and writes every number once, and threads share the numbers; elsewhere it is
/// a few operators on tensors.
/// </summary>
internal sealed class Adam : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const float Epsilon = 1e-8f;

    // Gradients are added up piece by piece, within the fastest cache.
    private const int Piece = 2048;

    private readonly State[] _states;

    public Adam(VariationalAutoencoder network)
        : this(network.named_parameters(), network.DecayedWeights)
    {
    }

    /// <param name="parameters">By name; those that require gradients learn.</param>
    /// <param name="decayed">Those of them that weight decay shrinks.</param>
    public Adam(IEnumerable<(string Name, Parameter Parameter)> parameters, IEnumerable<Parameter> decayed)
    {
        var shrunk = decayed.ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        _states =
        [
            .. parameters.Where(each => each.Parameter.requires_grad)
                .Select(each => new State(
                    each.Name, each.Parameter, zeros_like(each.Parameter), zeros_like(each.Parameter), shrunk.Contains(each.Parameter))),
        ];
        // Once all are there: the caller's scope has them if there is not enough memory.
        foreach (State state in _states)
        {
            state.First.DetachFromDisposeScope();
            state.Second.DetachFromDisposeScope();
        }
    }

    /// <summary>Steps of finished epochs.</summary>
    public long Steps { get; set; }

    /// <summary>What it keeps of the gradients: averages of them and of their squares.</summary>
    public IEnumerable<(string Name, Tensor Values)> Moments => _states.SelectMany(state => new[] { ($"adam.first.{state.Name}", state.First), ($"adam.second.{state.Name}", state.Second) });

    /// <summary>The squared length of a member's part of the gradient.</summary>
    /// <param name="gradients">One list per member of the team, in the order of the parameters, or an empty one; their sum is the gradient.</param>
    /// <param name="member">Whose part.</param>
    public double SquaredNorm(IReadOnlyList<IReadOnlyList<ParameterGradient>> gradients, int member)
    {
        using IDisposable noGradient = no_grad();
        double squares = 0;
        Span<float> sum = stackalloc float[Piece];
        for (int index = 0; index < _states.Length; index++)
        {
            State state = _states[index];
            using DisposeScope scope = NewDisposeScope();
            if (!state.IsOnCpu)
            {
                squares += gradients[0][index].Whole?.Squared().sum().item<float>() ?? 0;
                continue;
            }
            (int first, int rows) = state.PartOf(member, gradients.Count);
            List<(Tensor Numbers, int First)> terms = Terms(gradients, index, first, rows);
            for (int at = 0; at < rows * state.Numbers; at += Piece)
            {
                foreach (float value in Sum(terms, at, sum[..Math.Min(Piece, rows * state.Numbers - at)]))
                {
                    squares += (double)value * value;
                }
            }
        }
        return squares;
    }

    /// <summary>Updates a member's part of the parameters.</summary>
    /// <param name="gradients">One list per member of the team, in the order of the parameters, or an empty one; their sum is the gradient.</param>
    /// <param name="member">Whose part.</param>
    /// <param name="step">Counted from 1.</param>
    /// <param name="rate">The step size.</param>
    /// <param name="gradientScale">What the gradient is multiplied by.</param>
    /// <param name="weightDecay">How much the step shrinks the weights, times the step size.</param>
    public void Update(IReadOnlyList<IReadOnlyList<ParameterGradient>> gradients, int member, long step, double rate, double gradientScale, double weightDecay)
    {
        using IDisposable noGradient = no_grad();
        double stepSize = rate / (1 - Math.Pow(FirstDecay, step));
        double secondScale = 1 / Math.Sqrt(1 - Math.Pow(SecondDecay, step));
        Span<float> sum = stackalloc float[Piece];
        for (int index = 0; index < _states.Length; index++)
        {
            State state = _states[index];
            using DisposeScope scope = NewDisposeScope();
            double kept = state.IsDecayed ? 1 - rate * weightDecay : 1;
            if (!state.IsOnCpu)
            {
                Update(state, gradients[0][index].Whole ?? zeros_like(state.First), stepSize, secondScale, gradientScale, kept);
                continue;
            }
            (int first, int rows) = state.PartOf(member, gradients.Count);
            int count = rows * state.Numbers;
            Span<float> parameters = OnDevice.Memory(state.Parameter).Slice(first * state.Numbers, count);
            Span<float> means = OnDevice.Memory(state.First).Slice(first * state.Numbers, count);
            Span<float> squares = OnDevice.Memory(state.Second).Slice(first * state.Numbers, count);
            List<(Tensor Numbers, int First)> terms = Terms(gradients, index, first, rows);
            for (int at = 0; at < count; at += Piece)
            {
                int length = Math.Min(Piece, count - at);
                Update(
                    parameters.Slice(at, length), Sum(terms, at, sum[..length]), means.Slice(at, length), squares.Slice(at, length),
                    (float)stepSize, (float)secondScale, (float)gradientScale, (float)kept);
            }
        }
    }

    public void Dispose()
    {
        foreach (State state in _states)
        {
            state.First.Dispose();
            state.Second.Dispose();
        }
    }

    // m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p = p - step size / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + epsilon)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float stepSize, float secondScale, float gradientScale, float kept)
    {
        const float newFirst = (float)(1 - FirstDecay);
        const float newSecond = (float)(1 - SecondDecay);
        Span<Vector<float>> parameterVectors = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        ReadOnlySpan<Vector<float>> gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        Span<Vector<float>> firstVectors = MemoryMarshal.Cast<float, Vector<float>>(first);
        Span<Vector<float>> secondVectors = MemoryMarshal.Cast<float, Vector<float>>(second);
        var epsilon = new Vector<float>(Epsilon);
        for (int i = 0; i < parameterVectors.Length; i++)
        {
            Vector<float> gradient = gradientVectors[i] * gradientScale;
            Vector<float> mean = firstVectors[i] + (gradient - firstVectors[i]) * newFirst;
            Vector<float> square = secondVectors[i] + (gradient * gradient - secondVectors[i]) * newSecond;
            firstVectors[i] = mean;
            secondVectors[i] = square;
            parameterVectors[i] = parameterVectors[i] * kept - mean * stepSize / (Vector.SquareRoot(square) * secondScale + epsilon);
        }
        for (int i = parameterVectors.Length * Vector<float>.Count; i < parameters.Length; i++)
        {
            float gradient = gradients[i] * gradientScale;
            first[i] += (gradient - first[i]) * newFirst;
            second[i] += (gradient * gradient - second[i]) * newSecond;
            parameters[i] = parameters[i] * kept - first[i] * stepSize / (MathF.Sqrt(second[i]) * secondScale + Epsilon);
        }
    }

    private static void Update(State state, Tensor gradient, double stepSize, double secondScale, double gradientScale, double kept)
    {
        Tensor scaled = gradient.Times(gradientScale);
        state.First.Multiply(FirstDecay).AddProduct(1 - FirstDecay, scaled);
        state.Second.Multiply(SecondDecay).AddProduct(1 - SecondDecay, scaled.Squared());
        state.Parameter.Multiply(kept).sub_(state.First.Times(stepSize) / state.Second.sqrt().Times(secondScale).Plus(Epsilon));
    }

    // What the gradient of some rows of a parameter is the sum of, with where they begin in it; nothing if the loss does not depend on it.
    private List<(Tensor Numbers, int First)> Terms(IReadOnlyList<IReadOnlyList<ParameterGradient>> gradients, int index, int first, int rows)
    {
        List<(Tensor Numbers, int First)> terms = [];
        Tensor? products = null;
        foreach (IReadOnlyList<ParameterGradient> member in gradients.Where(member => member.Count > 0 && rows > 0))
        {
            products = member[index].AddProducts(products, first, rows);
            if (member[index].Whole is { } whole)
            {
                terms.Add((whole.contiguous(), first * _states[index].Numbers));
            }
        }
        if (products is not null)
        {
            terms.Add((products, 0));
        }
        return terms;
    }

    private static ReadOnlySpan<float> Sum(List<(Tensor Numbers, int First)> terms, int at, Span<float> sum)
    {
        ReadOnlySpan<float> Of(int term, int length) => OnDevice.Memory(terms[term].Numbers).Slice(terms[term].First + at, length);

        if (terms.Count == 1)
        {
            return Of(0, sum.Length);
        }
        sum.Clear();
        for (int term = 0; term < terms.Count; term++)
        {
            Add(sum, Of(term, sum.Length));
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(Span<float> sum, ReadOnlySpan<float> values)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += vectors[i];
        }
        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] += values[i];
        }
    }

    private sealed record State(string Name, Parameter Parameter, Tensor First, Tensor Second, bool IsDecayed)
    {
        public bool IsOnCpu { get; } = Parameter.device.type == OnDevice.Cpu.type;

        // As a matrix.
        public int Rows { get; } = Parameter.dim() == 0 ? 1 : checked((int)Parameter.shape[0]);

        public int Numbers { get; } = checked((int)(Parameter.numel() / (Parameter.dim() == 0 ? 1 : Math.Max(Parameter.shape[0], 1))));

        public (int First, int Count) PartOf(int member, int members)
        {
            int first = (int)((long)Rows * member / members);
            return (first, (int)((long)Rows * (member + 1) / members) - first);
        }
    }
}
