using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>
/// Reads a block of rows ahead, computes our columns for all of them in one crossing into native code at the first question, and serves them one by one. Since the source runs ahead, every
/// value that a consumer may ask for (columns, id, batch number) is kept per row of the block; the memory is reused from block to block.
/// </summary>
internal sealed class BatchingCursor : DataViewRowCursor, IEvaluatedRow
{
    private readonly DataViewRowCursor _source;
    private readonly RowBinding _binding;
    private readonly ActiveColumns _active;
    private readonly ValueGetter<DataViewRowId> _sourceId;
    private readonly Dictionary<int, BufferedColumn> _buffered;
    private readonly BufferedColumn[] _read;
    private readonly NextRow _next;
    private readonly IRowBlock _block;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private int _rowsInBlock;
    private int _row = -1;
    private bool _evaluated;
    private bool _sourceEnded;
    private int _rowsRead;
    private ExceptionDispatchInfo? _error;
    private long _position = -1;

    public BatchingCursor(DataViewRowCursor source, RowBinding binding, ActiveColumns active, int threads)
    {
        _source = source;
        _binding = binding;
        _active = active;
        _sourceId = source.GetIdGetter();
        int capacity = binding.RowsPerBlock;
        _buffered = binding.HandedOut(active).ToDictionary(column => column.Index, column => BufferedColumn.Of(column, source, capacity));
        _read = [.. _buffered.Values];
        _next = Next;
        _block = binding.BlockOf(source, capacity, threads, active);
        _ids = new DataViewRowId[capacity];
        _batches = new long[capacity];
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _position;

    public override long Batch => _row < 0 ? 0 : _batches[_row];

    public override bool MoveNext()
    {
        if (_row + 1 >= _rowsInBlock && !ReadBlock())
        {
            _position = -1;
            _rowsInBlock = 0;
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

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _ids[CurrentRow()];

    public ReadOnlySpan<float> ValueOf(VaeOutput output)
    {
        int row = CurrentRow();
        if (!_evaluated)
        {
            _block.Evaluate(_rowsInBlock);
            _evaluated = true;
        }
        return _block.Result(output, row);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _position = -1;
            _rowsInBlock = 0;
            _sourceEnded = true;
            _block.Dispose();
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    private Delegate BufferedGetterOf(DataViewSchema.Column column) => _buffered[column.Index].GetterFor(CurrentRow);

    // Also after an error of the source in the middle of a block there is no current row.
    private int CurrentRow() => _row >= 0 && _row < _rowsInBlock
        ? _row
        : throw new InvalidOperationException("Values can only be read after MoveNext returned true, and until it returns false.");

    private bool ReadBlock()
    {
        _row = -1;
        _rowsInBlock = 0;
        _evaluated = false;
        if (_error is { } error)
        {
            _error = null;
            error.Throw();
        }
        if (_sourceEnded)
        {
            return false;
        }
        try
        {
            _rowsInBlock = _block.Read(_next);
        }
        catch (Exception thrown) when (_rowsRead > 0)
        {
            // Its turn comes after that of the rows before it.
            _error = ExceptionDispatchInfo.Capture(thrown);
            _rowsInBlock = _rowsRead;
        }
        return _rowsInBlock > 0;
    }

    private bool Next(int row, out DataViewRowId id)
    {
        _rowsRead = row;
        id = default;
        if (!_source.MoveNext())
        {
            _sourceEnded = true;
            return false;
        }
        _sourceId(ref id);
        _ids[row] = id;
        _batches[row] = _source.Batch;
        foreach (BufferedColumn column in _read)
        {
            column.Read(row);
        }
        return true;
    }
}
