using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Networks;

/// <summary>What comes between the matrix products of layers, each in one pass over the rows, in vectors of the processor.</summary>
internal abstract class LayerMath
{
    /// <summary>With a nonlinearity.</summary>
    public static LayerMath Of(VaeActivation activation) => activation switch
    {
        VaeActivation.ReLU => new LayerMath<Rectifier>(),
        VaeActivation.ELU => new LayerMath<ExponentialUnit>(),
        VaeActivation.SiLU => new LayerMath<SigmoidUnit>(),
        VaeActivation.GELU => new LayerMath<GaussianUnit>(),
        VaeActivation.Tanh => new LayerMath<HyperbolicTangent>(),
        _ => throw Activation.Unknown(activation),
    };

    /// <summary>Applies the nonlinearity.</summary>
    /// <param name="values">Any numbers.</param>
    public abstract void Activate(Span<float> values);

    /// <summary>Adds the bias to each row and applies the nonlinearity.</summary>
    /// <param name="bias">As long as a row.</param>
    /// <param name="values">Rows of products; then what the layer says.</param>
    /// <param name="slopes">Becomes the derivative of that by the products.</param>
    public abstract void Activate(ReadOnlySpan<float> bias, Span<float> values, Span<float> slopes);

    /// <summary>The gradient by the products from that by what the layer says.</summary>
    /// <param name="slopes">Of the nonlinearity.</param>
    /// <param name="gradient">Is multiplied by them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<float> slopes, Span<float> gradient)
    {
        ref float slope = ref MemoryMarshal.GetReference(slopes);
        ref float value = ref MemoryMarshal.GetReference(gradient);
        int i = 0;
        for (; i <= gradient.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.LoadUnsafe(ref value, (nuint)i) * Vector.LoadUnsafe(ref slope, (nuint)i)).StoreUnsafe(ref value, (nuint)i);
        }
        for (; i < gradient.Length; i++)
        {
            gradient[i] *= slopes[i];
        }
    }

    /// <summary>Adds up rows, each times a number.</summary>
    /// <param name="rows">One after the other.</param>
    /// <param name="factors">One for each row; empty for 1.</param>
    /// <param name="sums">As long as a row; is overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(ReadOnlySpan<float> rows, ReadOnlySpan<float> factors, Span<float> sums)
    {
        sums.Clear();
        int width = sums.Length;
        ref float sum = ref MemoryMarshal.GetReference(sums);
        for (int row = 0; row * width < rows.Length; row++)
        {
            ReadOnlySpan<float> values = rows.Slice(row * width, width);
            float factor = factors.IsEmpty ? 1 : factors[row];
            ref float value = ref MemoryMarshal.GetReference(values);
            int i = 0;
            for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
            {
                (Vector.LoadUnsafe(ref sum, (nuint)i) + Vector.LoadUnsafe(ref value, (nuint)i) * factor).StoreUnsafe(ref sum, (nuint)i);
            }
            for (; i < width; i++)
            {
                sums[i] += values[i] * factor;
            }
        }
    }
}

/// <summary>With a nonlinearity.</summary>
internal sealed class LayerMath<T> : LayerMath
    where T : struct, INonlinearity
{
    public override void Activate(Span<float> values)
    {
        for (int i = 0; i < values.Length; i += Vector<float>.Count)
        {
            Lanes.Store(T.Of(Lanes.Load(values, i), out _), values, i);
        }
    }

    // As many rows at a time as are a whole number of vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Activate(ReadOnlySpan<float> bias, Span<float> values, Span<float> slopes)
    {
        ReadOnlySpan<float> biases = Tiled(bias);
        ref float first = ref MemoryMarshal.GetReference(biases);
        for (int from = 0; from < values.Length; from += biases.Length)
        {
            int length = Math.Min(biases.Length, values.Length - from);
            Span<float> some = values.Slice(from, length);
            Span<float> someSlopes = slopes.Slice(from, length);
            ref float value = ref MemoryMarshal.GetReference(some);
            ref float slope = ref MemoryMarshal.GetReference(someSlopes);
            int i = 0;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            {
                T.Of(Vector.LoadUnsafe(ref value, (nuint)i) + Vector.LoadUnsafe(ref first, (nuint)i), out Vector<float> here).StoreUnsafe(ref value, (nuint)i);
                here.StoreUnsafe(ref slope, (nuint)i);
            }
            if (i < length)
            {
                Lanes.Store(T.Of(Lanes.Load(some, i) + Lanes.Load(biases, i), out Vector<float> here), some, i);
                Lanes.Store(here, someSlopes, i);
            }
        }
    }

    private static ReadOnlySpan<float> Tiled(ReadOnlySpan<float> row)
    {
        int times = Vector<float>.Count / Math.Min(Vector<float>.Count, row.Length & -row.Length);
        if (times == 1)
        {
            return row;
        }
        float[] tiled = new float[times * row.Length];
        for (int i = 0; i < times; i++)
        {
            row.CopyTo(tiled.AsSpan(i * row.Length));
        }
        return tiled;
    }
}
