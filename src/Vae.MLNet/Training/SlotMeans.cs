using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>The mean of the values that are there, by weight, of rows that come block by block.</summary>
internal sealed class SlotMeans(VaeArchitecture architecture)
{
    private readonly double[] _sums = new double[architecture.Features];
    private readonly double[] _missing = new double[architecture.Numbers];
    private double _weights;

    /// <param name="values"><c>[rows, slots]</c>.</param>
    /// <param name="missing">1 where a number is missing, <c>[rows, numbers]</c>; null if none is.</param>
    /// <param name="weights"><c>[rows]</c>; null if all count the same.</param>
    public void Add(Tensor values, Tensor? missing, Tensor? weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Add(_sums, values, weights);
        if (missing is not null)
        {
            Add(_missing, missing, weights);
        }
        _weights += weights?.sum().item<float>() ?? values.shape[0];
    }

    /// <summary><c>[slots]</c>. A missing category is all zeros: its probabilities are those of the others.</summary>
    public Tensor Mean(Device device)
    {
        var means = new float[_sums.Length];
        int first = 0;
        foreach ((int width, bool isCategory) in architecture.Parts.Select(part => (part.Width, part.IsCategory)))
        {
            double total = isCategory ? _sums.AsSpan(first, width).ToArray().Sum() : _weights;
            for (int slot = first; slot < first + width; slot++)
            {
                means[slot] = (float)(_sums[slot] / Math.Max(total - (isCategory ? 0 : _missing[slot]), 1e-6));
            }
            first += width;
        }
        return tensor(means, dtype: ScalarType.Float32, device: device);
    }

    private static void Add(double[] sums, Tensor values, Tensor? weights)
    {
        ReadOnlySpan<float> of = OnDevice.Floats((weights is null ? values : values * weights.unsqueeze(1)).sum(dim: 0));
        for (int slot = 0; slot < sums.Length; slot++)
        {
            sums[slot] += of[slot];
        }
    }
}
