using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes a tensor's elements in the order of its indices, whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IEnumerable<T>, IDisposable where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;
    private readonly T* _data;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        _data = (T*)tensor.DataPointer;
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var values = new T[Count];
        CopyTo(values);
        return values;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous)
        {
            new Span<T>(_data + tensorIndex, (int)count).CopyTo(array.AsSpan(arrayIndex));
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                array[arrayIndex + i] = _data[Offset(tensorIndex + i)];
            }
        }

        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous)
        {
            array.AsSpan(arrayIndex, (int)count).CopyTo(new Span<T>(_data + tensorIndex, (int)count));
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                _data[Offset(tensorIndex + i)] = array[arrayIndex + i];
            }
        }

        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The memory belongs to the tensor; there is nothing to give back.</summary>
    public void Dispose()
    {
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            return indices[0] >= 0 && indices[0] < Count ? Offset(indices[0]) : throw new IndexOutOfRangeException();
        }

        var offset = 0L;
        for (var i = 0; i < _shape.Length; i++)
        {
            offset += indices[i] >= 0 && indices[i] < _shape[i] ? indices[i] * _strides[i] : throw new IndexOutOfRangeException($"{indices[i]} >= {_shape[i]} in dimension {i}.");
        }

        return offset;
    }

    private long Offset(long index)
    {
        if (_contiguous)
        {
            return index;
        }

        var offset = 0L;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            (index, var position) = Math.DivRem(index, _shape[i]);
            offset += position * _strides[i];
        }
        return offset;
    }
}
