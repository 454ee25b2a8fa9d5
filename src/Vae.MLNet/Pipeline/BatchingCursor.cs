using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>
/// Reads a block of rows ahead, computes our columns for all of them in one crossing into native code at the first question, and serves them one by one. Once somebody has asked and goes on, the next
/// block is read and computed meanwhile. Since the source runs ahead, every value that a consumer may ask for (columns, id, batch number) is kept per row; the memory is reused.
/// </summary>
internal sealed class BatchingCursor : DataViewRowCursor, IEvaluatedRow
{
    private readonly DataViewRowCursor _source;
    private readonly RowBinding _binding;
    private readonly ActiveColumns _active;
    private readonly ValueGetter<DataViewRowId> _sourceId;
    private readonly Dictionary<int, BufferedColumn> _buffered;
    private readonly BufferedColumn[] _read;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private Half _current;
    private Half _other;
    private int _row = -1;
    private bool _isEvaluated;
    private bool _sourceEnded;
    private long _position = -1;

    /// <param name="source">The rows.</param>
    /// <param name="binding">Our columns on them.</param>
    /// <param name="active">What is asked for.</param>
    /// <param name="parts">Of a block: for as many threads.</param>
    public BatchingCursor(DataViewRowCursor source, RowBinding binding, ActiveColumns active, int parts)
    {
        _source = source;
        _binding = binding;
        _active = active;
        _sourceId = source.GetIdGetter();
        int capacity = parts * binding.RowsPerPart;
        _buffered = binding.HandedOut(active).ToDictionary(column => column.Index, column => BufferedColumn.Of(column, source, 2 * capacity));
        _read = [.. _buffered.Values];
        _ids = new DataViewRowId[2 * capacity];
        _batches = new long[2 * capacity];
        _current = new Half(this, binding.BlockOf(source, capacity, active), 0);
        _other = new Half(this, binding.BlockOf(source, capacity, active), capacity);
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _position;

    public override long Batch => _row < 0 ? 0 : _batches[_current.First + _row];

    public override bool MoveNext()
    {
        if (_row + 1 >= _current.Rows && !MoveToNextBlock())
        {
            _position = -1;
            return false;
        }
        _row++;
        _position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.Require(column);
        return _binding.OutputAt(column.Index) is { } output
            ? OutputGetter.Matched<TValue>(_binding.GetterOf(output, this, BufferedGetterOf))
            : OutputGetter.Matched<TValue>(BufferedGetterOf(column));
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _ids[CurrentSlot()];

    public ReadOnlySpan<float> ValueOf(VaeOutput output)
    {
        int row = CurrentSlot() - _current.First;
        if (!_isEvaluated)
        {
            _current.Begin();
            _current.Block.Finish();
            _isEvaluated = true;
        }
        return _current.Block.Result(output, row);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _position = -1;
            _sourceEnded = true;
            _current.Close();
            _other.Close();
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    private Delegate BufferedGetterOf(DataViewSchema.Column column) => _buffered[column.Index].GetterFor(CurrentSlot);

    // Also after an error of the source there is no current row.
    private int CurrentSlot() => _row >= 0 && _row < _current.Rows
        ? _current.First + _row
        : throw new InvalidOperationException("Values can only be read after MoveNext returned true, and until it returns false.");

    private bool MoveToNextBlock()
    {
        bool goesOn = _isEvaluated;
        _row = -1;
        _isEvaluated = false;
        _current.Leave();
        (_current, _other) = (_other, _current);
        _current.Read();
        if (_current.Rows == 0)
        {
            _current.Leave();
            return false;
        }
        if (goesOn)
        {
            _current.Begin();
            if (!_current.HasFailed)
            {
                _other.Read();
                _other.Begin();
            }
        }
        return true;
    }

    /// <summary>One of the two blocks: one is read and computed while the rows of the other are served.</summary>
    private sealed class Half
    {
        private readonly BatchingCursor _cursor;
        private readonly NextRow _next;
        private bool _isRead;
        private bool _hasBegun;
        private ExceptionDispatchInfo? _error;

        public Half(BatchingCursor cursor, IRowBlock block, int first)
        {
            (_cursor, Block, First) = (cursor, block, first);
            _next = Next;
        }

        public IRowBlock Block { get; }

        /// <summary>The place of its first row among all that are kept.</summary>
        public int First { get; }

        public int Rows { get; private set; }

        /// <summary>Whether the source has thrown after its last row.</summary>
        public bool HasFailed => _error is not null;

        /// <summary>Reads its rows from the source, if that has not been done. An error waits for its turn, after that of the rows before it.</summary>
        public void Read()
        {
            if (_isRead)
            {
                return;
            }
            _isRead = true;
            try
            {
                Rows = _cursor._sourceEnded ? 0 : Block.Read(_next);
            }
            catch (Exception error)
            {
                _error = ExceptionDispatchInfo.Capture(error);
            }
        }

        /// <summary>Begins to compute, if that has not been done.</summary>
        public void Begin()
        {
            if (!_hasBegun && Rows > 0)
            {
                _hasBegun = true;
                Block.Begin(Rows);
            }
        }

        /// <summary>Its rows have been served.</summary>
        public void Leave()
        {
            ExceptionDispatchInfo? error = _error;
            (Rows, _isRead, _hasBegun, _error) = (0, false, false, null);
            error?.Throw();
        }

        public void Close()
        {
            Rows = 0;
            Block.Dispose();
        }

        // All rows before this one have been read whole.
        private bool Next(int row, out DataViewRowId id)
        {
            Rows = row;
            id = default;
            if (!_cursor._source.MoveNext())
            {
                _cursor._sourceEnded = true;
                return false;
            }
            int slot = First + row;
            _cursor._sourceId(ref id);
            _cursor._ids[slot] = id;
            _cursor._batches[slot] = _cursor._source.Batch;
            foreach (BufferedColumn column in _cursor._read)
            {
                column.Read(slot);
            }
            return true;
        }
    }
}
