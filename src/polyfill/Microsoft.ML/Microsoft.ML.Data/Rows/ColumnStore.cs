namespace Microsoft.ML.Data;

/// <summary>Values of one column, kept by slot; each slot has buffers of its own.</summary>
internal abstract class ColumnStore
{
    public static ColumnStore Create(DataViewType type)
        => type is VectorDataViewType vector
            ? Generic.Call<ColumnStore>(CreateVectors<int>, vector.ItemType.RawType)
            : Generic.Call<ColumnStore>(CreateValues<int>, type.RawType);

    /// <summary>Chooses the row and column that <see cref="Fill"/> reads.</summary>
    public abstract void Bind(DataViewRow row, DataViewSchema.Column column);

    public abstract void Fill(int slot);

    /// <summary>A getter of the slot that <paramref name="slot"/> gives at the time.</summary>
    public abstract Delegate MakeGetter(Func<int> slot);

    private static ColumnStore CreateValues<T>() => new Store<T>((in T from, ref T to) => to = from);

    private static ColumnStore CreateVectors<T>() => new Store<VBuffer<T>>((in VBuffer<T> from, ref VBuffer<T> to) => from.CopyTo(ref to));

    private delegate void Copier<T>(in T from, ref T to);

    private sealed class Store<T>(Copier<T> copy) : ColumnStore
    {
        private T[] _values = [];
        private ValueGetter<T> _getter;

        public override void Bind(DataViewRow row, DataViewSchema.Column column) => _getter = row.GetGetter<T>(column);

        public override void Fill(int slot)
        {
            if (slot >= _values.Length)
                Array.Resize(ref _values, Math.Max(slot + 1, _values.Length * 2));
            _getter(ref _values[slot]);
        }

        public override Delegate MakeGetter(Func<int> slot) => (ValueGetter<T>)((ref T value) => copy(in _values[slot()], ref value));
    }
}
