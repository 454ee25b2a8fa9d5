using System.Runtime.InteropServices;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>
/// The workspace of one cursor: up to its capacity of rows in, the wanted outputs of each out, all in one crossing into native code. Its memory is reused from block to block, and managed:
/// nobody disposes the row of a prediction engine. Not for two threads at a time; any number of blocks may share a <see cref="FittedVae"/>.
/// </summary>
internal sealed class RowBlock
{
    private readonly FittedVae _model;
    private readonly float[] _rows;
    private readonly ulong[] _noiseKeys;
    private readonly float[]?[] _results = new float[]?[Enum.GetValues<VaeOutput>().Length];

    public RowBlock(FittedVae model, int capacity, IEnumerable<VaeOutput> wanted)
    {
        _model = model;
        _rows = new float[capacity * model.Architecture.Features];
        _noiseKeys = new ulong[capacity];
        foreach (VaeOutput output in wanted)
        {
            _results[(int)output] = new float[capacity * VaeColumn.WidthFor(output, model.Architecture)];
        }
    }

    /// <summary>Where the rows go, in the input's units, one after the other.</summary>
    public Span<float> Rows => _rows;

    /// <summary>Sets the key of a row's posterior draw.</summary>
    public void SetDrawKey(int row, ulong low, ulong high) => _noiseKeys[row] = RowNoise.KeyOfId(_model.Seed, low, high);

    /// <summary>The output of a row of the last <see cref="Evaluate"/>.</summary>
    public ReadOnlySpan<float> Result(VaeOutput output, int row)
    {
        int width = VaeColumn.WidthFor(output, _model.Architecture);
        return _results[(int)output].AsSpan(row * width, width);
    }

    /// <summary>Computes the wanted outputs of the first <paramref name="count"/> rows.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void Evaluate(int count)
    {
        using FittedVae.Lease lease = _model.Use();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        VariationalAutoencoder network = _model.Network;
        Tensor input = empty(count, _model.Architecture.Features);
        _rows.AsSpan(0, count * _model.Architecture.Features).CopyTo(MemoryMarshal.Cast<byte, float>(input.bytes));
        Tensor rows = _model.Standardisation.Apply(input);
        Posterior posterior = network.Encode(rows);
        Store(VaeOutput.Mean, posterior.Mean);
        Store(VaeOutput.LogVariance, posterior.LogVariance);
        if (Wants(VaeOutput.Draw))
        {
            Store(VaeOutput.Draw, posterior.Draw(Noise(count)));
        }
        if (Wants(VaeOutput.Reconstruction))
        {
            Store(VaeOutput.Reconstruction, _model.Standardisation.Invert(network.Likelihood.Mean(network.Decode(posterior.Mean))));
        }
        if (Wants(VaeOutput.Score))
        {
            SetScoreKeys(count);
            var elbo = Elbo.Evaluate(network, posterior, rows, Noise(count));
            Store(VaeOutput.Score, elbo.Kl - elbo.Reconstruction + (float)_model.Standardisation.LogScale);
        }
    }

    private bool Wants(VaeOutput output) => _results[(int)output] is not null;

    private void Store(VaeOutput output, Tensor values)
    {
        if (_results[(int)output] is { } destination)
        {
            MemoryMarshal.Cast<byte, float>(values.contiguous().bytes).CopyTo(destination);
        }
    }

    // The score's noise is a function of the row's values: a row has one score, wherever it stands. The keys of the draw have done their work by now.
    private void SetScoreKeys(int count)
    {
        int features = _model.Architecture.Features;
        ReadOnlySpan<float> rows = Rows;
        for (int row = 0; row < count; row++)
        {
            _noiseKeys[row] = RowNoise.KeyOfValues(_model.Seed, rows.Slice(row * features, features));
        }
    }

    private Tensor Noise(int count)
    {
        int width = _model.Architecture.LatentDimension;
        Tensor noise = empty(count, width);
        Span<float> values = MemoryMarshal.Cast<byte, float>(noise.bytes);
        for (int row = 0; row < count; row++)
        {
            RowNoise.Fill(_noiseKeys[row], values.Slice(row * width, width));
        }
        return noise;
    }
}
