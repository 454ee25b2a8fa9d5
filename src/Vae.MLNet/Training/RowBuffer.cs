using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>Room for some encoded rows, used again and again.</summary>
/// <param name="source">Where the rows come from.</param>
/// <param name="capacity">How many rows there is room for.</param>
internal sealed class RowBuffer(RowSource source, int capacity)
{
    private readonly RowLayout _layout = source.Layout;
    private readonly float[] _values = new float[(long)capacity * source.Layout.Width];
    private readonly float[] _missing = new float[source.HasHoles ? (long)capacity * source.Layout.NumberWidth : source.Layout.NumberWidth];
    private readonly long[] _labels = new long[source.Layout.Label is null ? 0 : capacity];
    private readonly float[] _weights = new float[source.HasWeights ? capacity : 0];
    private readonly double[] _logSlopes = new double[capacity];

    public int Capacity => capacity;

    /// <summary>Rows that it has from the first place on.</summary>
    public int Count { get; set; }

    public double LogSlopeOf(int row) => _logSlopes[row];

    public double WeightOf(int row) => source.HasWeights ? _weights[row] : 1;

    /// <summary>Reads the row that a pass is at.</summary>
    public void Read(RowPass pass, int row)
    {
        Span<float> missing = MissingOf(row, 1);
        missing.Clear();
        pass.Read(ValuesOf(row, 1), missing);
        _logSlopes[row] = pass.Facts.LogSlope;
        if (source.Layout.Label is not null)
        {
            _labels[row] = pass.Facts.Label;
        }
        if (source.HasWeights)
        {
            _weights[row] = (float)pass.Weight;
        }
    }

    /// <summary>Reads rows until it is full or there are no more.</summary>
    /// <returns>How many rows it has.</returns>
    public int Fill(RowPass pass)
    {
        for (Count = 0; Count < Capacity && pass.MoveNext(); Count++)
        {
            Read(pass, Count);
        }
        return Count;
    }

    /// <summary>Adds a row of another buffer of the same source.</summary>
    public void Add(RowBuffer other, int row)
    {
        other.ValuesOf(row, 1).CopyTo(ValuesOf(Count, 1));
        if (source.HasHoles)
        {
            other.MissingOf(row, 1).CopyTo(MissingOf(Count, 1));
        }
        if (source.Layout.Label is not null)
        {
            _labels[Count] = other._labels[row];
        }
        if (source.HasWeights)
        {
            _weights[Count] = other._weights[row];
        }
        _logSlopes[Count++] = other._logSlopes[row];
    }

    /// <summary>Neighbouring rows as tensors, with the weights as they were read.</summary>
    public WeightedRows Rows(int first, int count, Device device)
    {
        Tensor Of(ReadOnlySpan<float> numbers, params long[] shape)
        {
            Tensor tensor = empty(shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
            numbers.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
            return OnDevice.Of(tensor, device);
        }

        return new WeightedRows(
            new RowTensors(
                Of(ValuesOf(first, count), count, _layout.Width),
                source.HasHoles ? Of(MissingOf(first, count), count, _layout.NumberWidth) : null,
                _layout.Label is { } label ? OnDevice.Of(Inference.OneHot.Of(_labels.AsSpan(first, count), label.Width), device) : null),
            source.HasWeights ? Of(_weights.AsSpan(first, count), count) : null);
    }

    /// <summary>Appends all that training sees of the rows.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        hash.AppendData(MemoryMarshal.AsBytes(ValuesOf(0, Count)));
        hash.AppendData(MemoryMarshal.AsBytes(source.HasHoles ? MissingOf(0, Count) : []));
        hash.AppendData(MemoryMarshal.AsBytes(_labels.AsSpan(0, source.Layout.Label is null ? 0 : Count)));
        hash.AppendData(MemoryMarshal.AsBytes(_weights.AsSpan(0, source.HasWeights ? Count : 0)));
        hash.AppendData(MemoryMarshal.AsBytes(_logSlopes.AsSpan(0, Count)));
    }

    private Span<float> ValuesOf(int row, int count) => _values.AsSpan(row * _layout.Width, count * _layout.Width);

    // Without holes there is room for one row's marks, which stay 0.
    private Span<float> MissingOf(int row, int count) => _missing.AsSpan(source.HasHoles ? row * _layout.NumberWidth : 0, count * _layout.NumberWidth);
}
