using System.Collections;

namespace Microsoft.ML.Data;

/// <summary>A vector, dense or sparse, whose arrays are meant to be reused from row to row.</summary>
public readonly struct VBuffer<T> : IEnumerable
{
    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public readonly int Length;

    public VBuffer(int length, T[] values, int[] indices = null) : this(length, length, values, indices)
    {
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Check(length >= 0, nameof(length));
        Check(count >= 0 && count <= length, nameof(count));
        Check((values?.Length ?? 0) >= count, nameof(values));
        Check(count == length || (indices?.Length ?? 0) >= count, nameof(indices));
        Length = length;
        _count = count;
        _values = values;
        _indices = indices;
    }

    public bool IsDense => _count == Length;

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public T GetItemOrDefault(int index)
    {
        Check(index >= 0 && index < Length, nameof(index));
        if (IsDense)
            return _values[index];
        int at = GetIndices().BinarySearch(index);
        return at >= 0 ? _values[at] : default;
    }

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Check(sourceIndex >= 0 && sourceIndex <= Length, nameof(sourceIndex));
        Check(length >= 0 && length <= Length - sourceIndex, nameof(length));
        int start = sourceIndex, count = length;
        if (!IsDense)
        {
            start = FirstAtOrAfter(sourceIndex);
            count = FirstAtOrAfter(sourceIndex + length) - start;
        }
        var editor = VBufferEditor.Create(ref destination, length, count);
        GetValues().Slice(start, count).CopyTo(editor.Values);
        for (int i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = _indices[start + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Check(destinationIndex >= 0 && destinationIndex <= destination.Length - Length, nameof(destination));
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        // The real method leaves default(T), not defaultValue, where nothing is stored at all.
        target.Fill(_count == 0 ? default : defaultValue);
        for (int i = 0; i < _count; i++)
            target[_indices[i]] = _values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        int available = source?.Length ?? 0;
        Check(length >= 0 && length <= available, nameof(length));
        Check(sourceIndex >= 0 && sourceIndex <= available - length, nameof(sourceIndex));
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        if (IsDense || all)
            return DenseValues().Select((value, index) => KeyValuePair.Create(index, value));
        return StoredItems();
    }

    public IEnumerable<T> DenseValues()
    {
        int next = 0;
        for (int i = 0; i < _count; i++)
        {
            for (int index = IsDense ? i : _indices[i]; next < index; next++)
                yield return default;
            yield return _values[i];
            next++;
        }
        for (; next < Length; next++)
            yield return default;
    }

    public IEnumerator GetEnumerator() => _values.GetEnumerator();

    public override string ToString()
        => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    internal VBufferEditor<T> Edit(int length, int count, int maximumCapacity, bool keepOld, bool indicesOnDense)
    {
        bool newValues = Grow(_values, count, maximumCapacity, keepOld, out var values);
        bool newIndices = false;
        var indices = _indices;
        if (count < length || indicesOnDense)
            newIndices = Grow(_indices, count, maximumCapacity, keepOld, out indices);
        return new VBufferEditor<T>(length, count, values, indices, indicesOnDense, newValues, newIndices);
    }

    internal int StoredCount => _count;

    private IEnumerable<KeyValuePair<int, T>> StoredItems()
    {
        for (int i = 0; i < _count; i++)
            yield return KeyValuePair.Create(_indices[i], _values[i]);
    }

    private int FirstAtOrAfter(int index)
    {
        int at = GetIndices().BinarySearch(index);
        return at >= 0 ? at : ~at;
    }

    private static bool Grow<TItem>(TItem[] old, int count, int maximumCapacity, bool keepOld, out TItem[] array)
    {
        array = old;
        if ((old?.Length ?? 0) >= count)
            return false;
        int capacity = Math.Max(count, Math.Min(maximumCapacity, Math.Max(4, (int)Math.Min(2L * count, Array.MaxLength))));
        array = new TItem[keepOld ? capacity : count];
        if (keepOld)
            old?.CopyTo(array, 0);
        return true;
    }

    private static void Check(bool holds, string parameter)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(parameter);
    }
}
