using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>
/// The workspace of one cursor: up to its capacity of rows in, the wanted outputs of each out, all in one crossing into native code. Its memory is reused from block to block. Not for two threads at a
/// time; any number of blocks may share a <see cref="FittedVae"/>.
/// </summary>
internal sealed class RowBlock : IRowBlock
{
    private readonly FittedVae _model;
    private readonly RowReader _reader;
    private readonly RowLayout _layout;
    private readonly int _rowsPerPart;
    private readonly RowMemory _values;
    // Of a model that allows none there is no need to keep them.
    private readonly int _marked;
    private readonly float[] _missing;
    private readonly RowFacts[] _facts;
    private readonly ulong[] _idKeys;
    private readonly Action<int> _evaluatePart;
    private readonly bool _wantsMoreThanImputed;
    private readonly bool _wantsMoreThanScore;
    private readonly DenseEncoder? _encoder;
    private readonly float[]?[] _results = new float[]?[Enum.GetValues<VaeOutput>().Length];
    private int[][] _parts = [];
    private int _count;
    private ComputeWorkers.Job? _job;

    /// <param name="model">The trained model.</param>
    /// <param name="reader">Reads the source's rows.</param>
    /// <param name="capacity">Rows at a time.</param>
    /// <param name="rowsPerPart">Rows that one thread computes at a time.</param>
    /// <param name="wanted">What to compute.</param>
    public RowBlock(FittedVae model, RowReader reader, int capacity, int rowsPerPart, IEnumerable<VaeOutput> wanted)
    {
        _model = model;
        _reader = reader;
        _rowsPerPart = rowsPerPart;
        _layout = model.Layout;
        _values = new RowMemory(capacity, _layout.Width);
        _marked = model.Architecture.SeesMissing ? capacity : 1;
        _missing = new float[_marked * _layout.NumberWidth];
        _facts = new RowFacts[capacity];
        _idKeys = new ulong[capacity];
        _evaluatePart = part => EvaluatePart(_parts[part]);
        bool isEncoded = capacity == 1;
        foreach (VaeOutput output in wanted)
        {
            _wantsMoreThanImputed |= output != VaeOutput.Imputed;
            _wantsMoreThanScore |= output is not (VaeOutput.Imputed or VaeOutput.Score);
            _results[(int)output] ??= new float[capacity * WidthOf(output)];
            isEncoded &= output is VaeOutput.Mean or VaeOutput.LogVariance or VaeOutput.Draw;
        }
        if (isEncoded)
        {
            // It asks the weights for their sizes.
            using SharedMemory.Lease lease = model.Use();
            _encoder = DenseEncoder.Of(model.Network);
        }
    }

    public int Read(NextRow next)
    {
        Span<float> values = _values.Span;
        int row = 0;
        for (; row < _facts.Length && next(row, out DataViewRowId id); row++)
        {
            Span<float> missing = MissingOf(row);
            if (_facts[row].HasHoles)
            {
                missing.Clear();
            }
            // Until it is read whole it may have marks.
            _facts[row] = new RowFacts(0, true, -1);
            _facts[row] = _reader.Read(values.Slice(row * _layout.Width, _layout.Width), missing);
            _idKeys[row] = RowNoise.KeyOfId(_model.Seed, id.Low, id.High);
        }
        return row;
    }

    public ReadOnlySpan<float> Result(VaeOutput output, int row) => ResultOf(output, row);

    public void Begin(int count)
    {
        if (_values.IsManaged)
        {
            EvaluateRow();
            return;
        }
        if (count != _count)
        {
            (_count, _parts) = (count, [.. Enumerable.Range(0, count).Chunk(_rowsPerPart)]);
        }
        _job = ComputeWorkers.Begin(_parts.Length, _evaluatePart);
    }

    public void Finish() => _job?.Finish();

    public void Dispose()
    {
        _job?.Wait();
        _values.Dispose();
    }

    private void EvaluateRow()
    {
        if (_encoder is not null && (_layout.Label is null || _facts[0].Label >= 0))
        {
            using SharedMemory.Lease lease = _model.Use();
            EncodeRow(_encoder);
        }
        else
        {
            EvaluatePart([0]);
        }
    }

    private void EncodeRow(DenseEncoder encoder)
    {
        int latent = _model.Architecture.LatentDimension;
        ReadOnlySpan<float> said = encoder.Encode(ValuesOf(0), _facts[0].HasHoles ? MissingOf(0) : [], _facts[0].Label);
        ReadOnlySpan<float> mean = said[..latent];
        ReadOnlySpan<float> logVariance = said[latent..];
        if (Wants(VaeOutput.Mean))
        {
            mean.CopyTo(ResultOf(VaeOutput.Mean, 0));
        }
        if (Wants(VaeOutput.LogVariance))
        {
            logVariance.CopyTo(ResultOf(VaeOutput.LogVariance, 0));
        }
        if (Wants(VaeOutput.Draw))
        {
            Span<float> draw = ResultOf(VaeOutput.Draw, 0);
            RowNoise.Fill(_idKeys[0], draw);
            for (int i = 0; i < latent; i++)
            {
                draw[i] = mean[i] + (logVariance.IsEmpty ? 0 : MathF.Exp(logVariance[i] * 0.5f) * draw[i]);
            }
        }
    }

    private void EvaluatePart(int[] rows)
    {
        try
        {
            Evaluate(rows);
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            throw MemoryShortage.For(
                $"{rows.Length} rows at a time in each of {ComputeThreads.Total} threads",
                $"train with fewer {nameof(VaeEstimator.Options.ImputationDraws)} (now {_model.Imputation.Draws}) or {nameof(VaeEstimator.Options.ScoreDraws)} (now {_model.ScoreDraws}), or with smaller sizes in {nameof(VaeEstimator.Options.Network)}",
                error);
        }
    }

    private void Evaluate(int[] rows)
    {
        using SharedMemory.Lease lease = _model.Use();
        using IDisposable noGradient = no_grad();
        int[] labelled = _layout.Label is null ? rows : Array.FindAll(rows, row => _facts[row].Label >= 0);
        if (labelled.Length > 0)
        {
            Evaluate(labelled, isMarginal: false);
        }
        if (labelled.Length < rows.Length)
        {
            Evaluate(Array.FindAll(rows, row => _facts[row].Label < 0), isMarginal: true);
        }
    }

    private void Evaluate(int[] rows, bool isMarginal)
    {
        if (_wantsMoreThanImputed)
        {
            EvaluateRows(rows, isMarginal);
        }
        int[] holes = Wants(VaeOutput.Imputed) ? Array.FindAll(rows, row => _facts[row].HasHoles) : [];
        if (holes.Length > 0)
        {
            Impute(holes, isMarginal);
        }
    }

    private void EvaluateRows(int[] rows, bool isMarginal)
    {
        using DisposeScope scope = NewDisposeScope();
        int latent = _model.Architecture.LatentDimension;
        Tensor? drawNoise = Wants(VaeOutput.Draw) ? Normal(rows, row => _idKeys[row], latent) : null;
        int draws = _model.ScoreDraws;
        Tensor? scoreNoise = Wants(VaeOutput.Score) || isMarginal ? Normal(rows, KeyOfValues, draws * latent).view(rows.Length, draws, latent) : null;
        RowTensors tensors = TensorsOf(rows, isMarginal);
        RowEvaluation? said = isMarginal
            ? RowEvaluation.Marginal(
                _model.Network, _model.PreciseNetwork, WithEachLabel(tensors), drawNoise, scoreNoise!,
                Gumbel(rows, row => RowNoise.Derived(_idKeys[row], 0), _model.Architecture.Labels), Wants(VaeOutput.Reconstruction))
            : _wantsMoreThanScore ? RowEvaluation.Of(_model.Network, tensors, drawNoise, Wants(VaeOutput.Reconstruction)) : null;
        Store(VaeOutput.Mean, rows, said?.Mean);
        Store(VaeOutput.LogVariance, rows, said?.LogVariance);
        Store(VaeOutput.Draw, rows, said?.Draw);
        Store(VaeOutput.Reconstruction, rows, said?.Reconstruction);
        if (_results[(int)VaeOutput.Score] is { } scores)
        {
            ReadOnlySpan<double> encoded = MemoryMarshal.Cast<byte, double>((said?.Score ?? RowEvaluation.ScoreOf(_model.PreciseNetwork, tensors, scoreNoise!)).contiguous().bytes);
            for (int i = 0; i < rows.Length; i++)
            {
                // From the encoded row's density to that of the row in its columns' units.
                scores[rows[i]] = (float)Math.Clamp(encoded[i] - _facts[rows[i]].LogSlope, -float.MaxValue, float.MaxValue);
            }
        }
    }

    private void Impute(int[] rows, bool isMarginal)
    {
        (VaeImputation kind, int draws, int count) = _model.Imputation;
        int latent = _model.Architecture.LatentDimension;
        for (int imputation = 0; imputation < count; imputation++)
        {
            using DisposeScope scope = NewDisposeScope();
            RowTensors tensors = TensorsOf(rows, isMarginal);
            var imputer = new Imputer(_model.Network, isMarginal ? [.. WithEachLabel(tensors)] : [new LabelledRows(tensors, 0)]);
            ulong use = 4 * (ulong)imputation;
            // A row has one mean, wherever it stands; draws are each row's own.
            ulong Key(int row, ulong also) => RowNoise.Derived(kind == VaeImputation.Mean ? KeyOfValues(row) : _idKeys[row], use + also);
            Tensor noise = Normal(rows, row => Key(row, 1), draws * latent).view(rows.Length, draws, latent);
            Tensor imputed = kind == VaeImputation.Mean
                ? imputer.Mean(noise)
                : imputer.Draw(noise, Gumbel(rows, row => Key(row, 2), draws * (isMarginal ? _model.Architecture.Labels : 1)), Uniform(rows, row => Key(row, 3), _layout.Width));
            if (kind == VaeImputation.Draw)
            {
                imputed = imputed.contiguous();
                _layout.SettleDraws(MemoryMarshal.Cast<byte, float>(imputed.bytes));
            }
            Store(VaeOutput.Imputed, rows, imputed, imputation * _layout.Width);
        }
    }

    // In the values' own units the draws of a label that training never saw weigh nothing, so they are left out.
    private IEnumerable<LabelledRows> WithEachLabel(RowTensors rows)
    {
        IReadOnlyList<double> counts = _layout.Label!.Counts;
        double total = counts.Sum();
        var categories = new long[rows.Values.shape[0]];
        for (int label = 0; label < counts.Count; label++)
        {
            if (counts[label] > 0)
            {
                Array.Fill(categories, label);
                yield return new LabelledRows(rows with { Label = OneHot.Of(categories, counts.Count) }, Math.Log(counts[label] / total));
            }
        }
    }

    private RowTensors TensorsOf(int[] rows, bool isMarginal)
    {
        bool hasHoles = Array.Exists(rows, row => _facts[row].HasHoles);
        Tensor? label = _layout.Label is null || isMarginal ? null : OneHot.Of(Array.ConvertAll(rows, row => (long)_facts[row].Label), _model.Architecture.Labels);
        return new RowTensors(_values.Of(rows), hasHoles ? RowMemory.Gather(_missing, rows, _layout.NumberWidth) : null, label);
    }

    private bool Wants(VaeOutput output) => _results[(int)output] is not null;

    private int WidthOf(VaeOutput output) => output switch
    {
        VaeOutput.Score => 1,
        VaeOutput.Reconstruction => _layout.Width,
        VaeOutput.Imputed => _layout.Width * _model.Imputation.Count,
        _ => _model.Architecture.LatentDimension,
    };

    private Span<float> ResultOf(VaeOutput output, int row) => _results[(int)output].AsSpan(row * WidthOf(output), WidthOf(output));

    private ReadOnlySpan<float> ValuesOf(int row) => _values.Span.Slice(row * _layout.Width, _layout.Width);

    private Span<float> MissingOf(int row) => _missing.AsSpan(row % _marked * _layout.NumberWidth, _layout.NumberWidth);

    private void Store(VaeOutput output, int[] rows, Tensor? values, int offset = 0)
    {
        if (values is null || !Wants(output))
        {
            return;
        }
        ReadOnlySpan<float> from = MemoryMarshal.Cast<byte, float>(values.@float().contiguous().bytes);
        int width = from.Length / rows.Length;
        if (RowMemory.AreNeighbours(rows) && width == WidthOf(output))
        {
            from.CopyTo(_results[(int)output].AsSpan(rows[0] * width));
            return;
        }
        for (int i = 0; i < rows.Length; i++)
        {
            from.Slice(i * width, width).CopyTo(ResultOf(output, rows[i])[offset..]);
        }
    }

    private ulong KeyOfValues(int row)
    {
        ulong key = RowNoise.KeyOfValues(_model.Seed, ValuesOf(row));
        return _facts[row].HasHoles ? RowNoise.Derived(key, RowNoise.KeyOfValues(_model.Seed, MissingOf(row))) : key;
    }

    private static Tensor Normal(int[] rows, Func<int, ulong> key, int width) => Noise(rows, key, width, RowNoise.Fill);

    private static Tensor Uniform(int[] rows, Func<int, ulong> key, int width) => Noise(rows, key, width, RowNoise.FillUniform);

    // -log(-log u) (Gumbel, 1954)
    private static Tensor Gumbel(int[] rows, Func<int, ulong> key, int width) => -(-Uniform(rows, key, width).log()).log();

    private static Tensor Noise(int[] rows, Func<int, ulong> key, int width, FillNoise fill)
    {
        Tensor noise = empty(rows.Length, width, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Span<float> values = MemoryMarshal.Cast<byte, float>(noise.bytes);
        for (int i = 0; i < rows.Length; i++)
        {
            fill(key(rows[i]), values.Slice(i * width, width));
        }
        return noise;
    }

    private delegate void FillNoise(ulong key, Span<float> destination);
}
