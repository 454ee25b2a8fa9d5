using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>Latents in, encoded rows out.</summary>
internal sealed class LatentBlock : IRowBlock
{
    private readonly FittedVae _model;
    private readonly DataViewRow _source;
    private readonly string _name;
    private readonly VectorSource _latent;
    private readonly Func<int>? _label;
    private readonly VaeDecoding _decoding;
    private readonly int _seed;
    private readonly int _rowsPerPart;
    private readonly float[] _latents;
    private readonly long[] _labels;
    private readonly ulong[] _keys;
    private readonly float[] _rows;
    private int _count;
    private ComputeWorkers.Job? _job;

    public LatentBlock(FittedVae model, DataViewRow source, DataViewSchema.Column latent, Func<int>? label, VaeDecoding decoding, int seed, int capacity, int rowsPerPart)
    {
        (_model, _source, _label, _decoding, _seed, _rowsPerPart, _name) = (model, source, label, decoding, seed, rowsPerPart, latent.Name);
        _latent = new VectorSource(source, latent);
        _latents = new float[capacity * model.Architecture.LatentDimension];
        _labels = new long[label is null ? 0 : capacity];
        _keys = new ulong[capacity];
        _rows = new float[capacity * model.Layout.Width];
    }

    public int Read(NextRow next)
    {
        int row = 0;
        for (; row < _keys.Length && next(row, out DataViewRowId id); row++)
        {
            Read(row);
            _keys[row] = RowNoise.KeyOfId(_seed, id.Low, id.High);
        }
        return row;
    }

    public void Begin(int count)
    {
        _count = count;
        if (_keys.Length == 1)
        {
            EvaluatePart(0);
        }
        else
        {
            _job = ComputeWorkers.Begin((count + _rowsPerPart - 1) / _rowsPerPart, EvaluatePart);
        }
    }

    public void Finish() => _job?.Finish();

    public ReadOnlySpan<float> Result(VaeOutput output, int row) => _rows.AsSpan(row * _model.Layout.Width, _model.Layout.Width);

    public void Dispose() => _job?.Wait();

    private void EvaluatePart(int part)
    {
        int first = part * _rowsPerPart;
        int count = Math.Min(_rowsPerPart, _count - first);
        try
        {
            Evaluate(first, count);
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            throw MemoryShortage.For($"{count} rows at a time in each of {ComputeThreads.Total} threads", $"train with smaller sizes in {nameof(VaeEstimator.Options.Network)}", error);
        }
    }

    private void Evaluate(int first, int count)
    {
        using SharedMemory.Lease lease = _model.Use();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int latent = _model.Architecture.LatentDimension;
        Tensor decoded = LatentDecoder.Decode(_model, _latents.AsSpan(first * latent, count * latent), _label is null ? [] : _labels.AsSpan(first, count));
        Tensor said = _decoding == VaeDecoding.Mean ? _model.Network.Likelihood.Mean(decoded) : LatentDecoder.Draw(_model, decoded, _keys.AsSpan(first, count));
        MemoryMarshal.Cast<byte, float>(said.contiguous().bytes).CopyTo(_rows.AsSpan(first * _model.Layout.Width));
    }

    private void Read(int row)
    {
        int width = _model.Architecture.LatentDimension;
        Span<float> latent = _latents.AsSpan(row * width, width);
        _latent.Read().CopyTo(latent);
        foreach (float value in latent)
        {
            if (!float.IsFinite(value))
            {
                throw new InvalidOperationException(FormattableString.Invariant($"Latent column '{_name}', row {_source.Position}: found {value}, wanted finite numbers."));
            }
        }
        if (_label is not null)
        {
            int label = _label();
            _labels[row] = label >= 0
                ? label
                : throw new InvalidOperationException($"Label column '{_model.Layout.Label!.Name}', row {_source.Position}: found a missing value, wanted a category: the decoder is conditional on it.");
        }
    }
}
