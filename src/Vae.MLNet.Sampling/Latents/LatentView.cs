using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>Where the rows of a <see cref="LatentView"/> come from.</summary>
internal interface ILatentSource
{
    long Count { get; }

    /// <summary>Size of the latent.</summary>
    int Dimension { get; }

    /// <summary>The column of the labels; null without a condition.</summary>
    KeyColumn? Label { get; }

    /// <summary>The place of each row on a path; null if they are none.</summary>
    PathSteps? Steps { get; }

    /// <summary>Gives consecutive rows: the same ones whenever it is asked, in any thread.</summary>
    /// <param name="first">The number of the first row.</param>
    /// <param name="latents">Receives <c>[rows, latent]</c>, row by row.</param>
    /// <param name="labels">Receives the categories, from 0; empty without a condition.</param>
    void Fill(long first, Span<float> latents, Span<int> labels);
}

/// <summary>Places on a path, as a column.</summary>
internal sealed record PathSteps(string ColumnName, IReadOnlyList<float> Places);

/// <summary>Latents, labels and steps as rows. Blocks are made when they are asked for, each by itself: any number of cursors gives the same rows at constant memory.</summary>
internal sealed class LatentView : IDataView
{
    // A multiple of what a decoder takes at a time, so that its blocks are the same in every cursor.
    private const int RowsPerBlock = 1024;

    private readonly ILatentSource _source;

    public LatentView(ILatentSource source, string latentColumn)
    {
        _source = source;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(latentColumn, new VectorDataViewType(NumberDataViewType.Single, source.Dimension));
        if (source.Steps is { } steps)
        {
            schema.AddColumn(steps.ColumnName, NumberDataViewType.Single);
        }
        if (source.Label is { } label)
        {
            schema.AddColumn(label.Name, label.Type, label.Annotations);
        }
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _source.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded, 0, 1);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        long blocks = (_source.Count + RowsPerBlock - 1) / RowsPerBlock;
        int cursors = (int)Math.Clamp(n, 1, Math.Max(blocks, 1));
        return [.. Enumerable.Range(0, cursors).Select(index => new Cursor(this, columnsNeeded, index, cursors))];
    }

    /// <summary>Every <paramref name="stride"/>th block from <paramref name="block"/> on.</summary>
    private sealed class Cursor(LatentView view, IEnumerable<DataViewSchema.Column> needed, long block, int stride) : DataViewRowCursor
    {
        private readonly HashSet<int> _active = [.. needed.Select(column => column.Index)];
        private readonly int _dimension = view._source.Dimension;
        private float[] _latents = [];
        private int[] _labels = [];
        private long _block = block - stride;
        private long _filled = -1;
        private int _row;
        private int _rows;
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => Math.Max(_block, 0);

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override bool MoveNext()
        {
            if (++_row >= _rows)
            {
                _block += stride;
                _row = 0;
                _rows = (int)Math.Clamp(view._source.Count - _block * RowsPerBlock, 0, RowsPerBlock);
                if (_rows == 0)
                {
                    // It stays at the end.
                    _block -= stride;
                    _position = -1;
                    return false;
                }
            }
            _position++;
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Current(), 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
            {
                throw new ArgumentException($"Column '{column.Name}' is not active: it was not among the columns asked for.", nameof(column));
            }
            Delegate getter = column.Index == 0 ? LatentGetter()
                : column.Index == 1 && view._source.Steps is { } steps ? StepGetter(steps.Places)
                : view._source.Label!.ReconstructingGetter(OneHotLabel());
            return Pipeline.OutputGetter.Matched<TValue>(getter);
        }

        private ValueGetter<VBuffer<float>> LatentGetter() => (ref VBuffer<float> value) =>
        {
            Current();
            Fill();
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, _dimension);
            _latents.AsSpan(_row * _dimension, _dimension).CopyTo(editor.Values);
            value = editor.Commit();
        };

        private ValueGetter<float> StepGetter(IReadOnlyList<float> steps) => (ref float value) => value = steps[(int)Current()];

        private SlotSource OneHotLabel()
        {
            var slots = new float[view._source.Label!.Width];
            int last = 0;
            return () =>
            {
                Current();
                Fill();
                slots[last] = 0;
                slots[last = _labels[_row]] = 1;
                return slots;
            };
        }

        // The number of the row among all.
        private long Current() => _position >= 0 ? _block * RowsPerBlock + _row : throw new InvalidOperationException("Values can only be read after MoveNext returned true, and until it returns false.");

        private void Fill()
        {
            if (_filled == _block)
            {
                return;
            }
            if (_latents.Length == 0)
            {
                _latents = new float[RowsPerBlock * _dimension];
                _labels = new int[view._source.Label is null ? 0 : RowsPerBlock];
            }
            view._source.Fill(_block * RowsPerBlock, _latents.AsSpan(0, _rows * _dimension), _labels.AsSpan(0, view._source.Label is null ? 0 : _rows));
            _filled = _block;
        }

        protected override void Dispose(bool disposing)
        {
            _position = -1;
            base.Dispose(disposing);
        }
    }
}
