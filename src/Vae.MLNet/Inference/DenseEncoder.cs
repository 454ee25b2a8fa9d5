using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Inference;

/// <summary>
/// The encoder of one row at a time, computed here on the weights' memory: so little work costs a fraction of the way into libtorch and back. Allocates nothing per row. Not for two threads at a
/// time.
/// </summary>
internal sealed class DenseEncoder
{
    private readonly DenseLayer[] _layers;
    private readonly int _marks;
    private readonly int _latent;
    private readonly List<Range> _logarithms = [];
    private readonly float[] _seen;
    private float[] _input;
    private float[] _output;

    private DenseEncoder(DenseNetwork network, VaeArchitecture architecture)
    {
        _layers = [.. network.Layers];
        _marks = architecture.SeesMissing ? architecture.Numbers : 0;
        _latent = architecture.LatentDimension;
        int first = 0;
        foreach (LikelihoodPart part in architecture.Parts)
        {
            if (part.IsSeenAsLogarithm)
            {
                _logarithms.Add(first..(first + part.Width));
            }
            first += part.Width;
        }
        _seen = new float[_logarithms.Count > 0 ? first : 0];
        int widest = (int)_layers.Max(layer => layer.Bias.NumberOfElements);
        _input = new float[widest];
        _output = new float[widest];
    }

    /// <summary>That of a model; null if it is of another kind, or not in memory that can be read here.</summary>
    public static DenseEncoder? Of(VariationalAutoencoder network) =>
        network.Encoder is DenseNetwork dense && network.Device.type == DeviceType.CPU ? new DenseEncoder(dense, network.Architecture) : null;

    /// <summary>What the encoder says: the posterior's mean, then its log-variance unless it is a point.</summary>
    /// <param name="values">The encoded row.</param>
    /// <param name="missing">1 where a number is missing; empty if none is.</param>
    /// <param name="label">The category of the label, from 0; negative without a condition.</param>
    public ReadOnlySpan<float> Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> missing, int label)
    {
        ReadOnlySpan<float> input = SeenBy(values);
        for (int i = 0; i < _layers.Length; i++)
        {
            DenseLayer layer = _layers[i];
            ReadOnlySpan<float> bias = MemoryOf(layer.Bias);
            ReadOnlySpan<float> weight = MemoryOf(layer.Weight);
            Span<float> output = _output.AsSpan(0, bias.Length);
            int stride = weight.Length / bias.Length;
            bias.CopyTo(output);
            DenseMath.AddProduct(weight, stride, input, output);
            if (i == 0 && !missing.IsEmpty)
            {
                DenseMath.AddProduct(weight[values.Length..], stride, missing, output);
            }
            if (i == 0 && label >= 0)
            {
                DenseMath.AddColumn(weight, stride, values.Length + _marks + label, output);
            }
            if (layer.Norm is { } norm)
            {
                DenseMath.Normalise(output, MemoryOf(norm.weight), MemoryOf(norm.bias!));
            }
            layer.Activation?.Activate(output);
            input = output;
            (_input, _output) = (_output, _input);
        }
        foreach (ref float logVariance in _input.AsSpan(_latent..input.Length))
        {
            logVariance = Math.Clamp(logVariance, -VariationalAutoencoder.LargestLogVariance, VariationalAutoencoder.LargestLogVariance);
        }
        return input;
    }

    private ReadOnlySpan<float> SeenBy(ReadOnlySpan<float> values)
    {
        if (_logarithms.Count == 0)
        {
            return values;
        }
        values.CopyTo(_seen);
        foreach (Range range in _logarithms)
        {
            foreach (ref float value in _seen.AsSpan(range))
            {
                value = MathF.Log(1 + MathF.Max(value, 0));
            }
        }
        return _seen;
    }

    private static ReadOnlySpan<float> MemoryOf(Parameter parameter) => MemoryMarshal.Cast<byte, float>(parameter.bytes);
}
