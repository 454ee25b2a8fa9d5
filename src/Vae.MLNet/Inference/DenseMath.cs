using System.Numerics;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Inference;

/// <summary>The parts of a dense network on one row, in vectors of the processor.</summary>
internal static class DenseMath
{
    // Rows of weights at a time: the sums of one have to wait for each other.
    private const int AtOnce = 4;

    /// <summary>Adds the product of a matrix and a vector: to each output, the sum over the inputs of weight times input.</summary>
    /// <param name="weights">Row by row; of each row as many as there are inputs count.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="inputs">The vector.</param>
    /// <param name="outputs">One for each row.</param>
    public static void AddProduct(ReadOnlySpan<float> weights, int stride, ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int first = 0;
        for (; first + AtOnce <= outputs.Length; first += AtOnce)
        {
            AddFour(weights[(first * stride)..], stride, inputs, outputs.Slice(first, AtOnce));
        }
        for (; first < outputs.Length; first++)
        {
            outputs[first] += Product(weights.Slice(first * stride, inputs.Length), inputs);
        }
    }

    /// <summary>Adds one column of the matrix: the product with a vector that is 1 in one place.</summary>
    public static void AddColumn(ReadOnlySpan<float> weights, int stride, int column, Span<float> outputs)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] += weights[i * stride + column];
        }
    }

    /// <summary>Layer normalisation (Ba et al., 2016).</summary>
    public static void Normalise(Span<float> values, ReadOnlySpan<float> gain, ReadOnlySpan<float> shift)
    {
        const double epsilon = 1e-5;
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }
        double mean = sum / values.Length;
        double squares = 0;
        foreach (float value in values)
        {
            squares += (value - mean) * (value - mean);
        }
        float centre = (float)mean;
        float scale = (float)(1 / Math.Sqrt(squares / values.Length + epsilon));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] - centre) * scale * gain[i] + shift[i];
        }
    }

    private static void AddFour(ReadOnlySpan<float> weights, int stride, ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        ReadOnlySpan<float> first = weights[..inputs.Length];
        ReadOnlySpan<float> second = weights.Slice(stride, inputs.Length);
        ReadOnlySpan<float> third = weights.Slice(2 * stride, inputs.Length);
        ReadOnlySpan<float> fourth = weights.Slice(3 * stride, inputs.Length);
        Vector<float> a = Vector<float>.Zero;
        Vector<float> b = a;
        Vector<float> c = a;
        Vector<float> d = a;
        int i = 0;
        for (; i <= inputs.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> x = At(inputs, i);
            a = Vector.MultiplyAddEstimate(At(first, i), x, a);
            b = Vector.MultiplyAddEstimate(At(second, i), x, b);
            c = Vector.MultiplyAddEstimate(At(third, i), x, c);
            d = Vector.MultiplyAddEstimate(At(fourth, i), x, d);
        }
        outputs[0] += Vector.Sum(a);
        outputs[1] += Vector.Sum(b);
        outputs[2] += Vector.Sum(c);
        outputs[3] += Vector.Sum(d);
        for (; i < inputs.Length; i++)
        {
            outputs[0] += first[i] * inputs[i];
            outputs[1] += second[i] * inputs[i];
            outputs[2] += third[i] * inputs[i];
            outputs[3] += fourth[i] * inputs[i];
        }
    }

    private static float Product(ReadOnlySpan<float> weights, ReadOnlySpan<float> inputs)
    {
        Vector<float> sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= inputs.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums = Vector.MultiplyAddEstimate(At(weights, i), At(inputs, i), sums);
        }
        float sum = Vector.Sum(sums);
        for (; i < inputs.Length; i++)
        {
            sum += weights[i] * inputs[i];
        }
        return sum;
    }

    private static Vector<float> At(ReadOnlySpan<float> from, int index) => Vector.LoadUnsafe(ref MemoryMarshal.GetReference(from), (nuint)index);
}
