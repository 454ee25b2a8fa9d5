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
    private readonly IRowBlock _block;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private int _rowsInBlock;
    private int _row = -1;
    private bool _evaluated;
    private bool _sourceEnded;
    private long _position = -1;

    public BatchingCursor(DataViewRowCursor source, RowBinding binding, ActiveColumns active)
    {
        _source = source;
        _binding = binding;
        _active = active;
        _sourceId = source.GetIdGetter();
        int capacity = binding.RowsPerBlock;
        _buffered = binding.HandedOut(active).ToDictionary(column => column.Index, column => BufferedColumn.Of(column, source, capacity));
        _block = binding.BlockOf(source, capacity, active);
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
        if (_sourceEnded)
        {
            return false;
        }
        int count = 0;
        while (count < _ids.Length && !(_sourceEnded = !_source.MoveNext()))
        {
            _sourceId(ref _ids[count]);
            _block.Read(count, _ids[count].Low, _ids[count].High);
            _batches[count] = _source.Batch;
            foreach (BufferedColumn column in _buffered.Values)
            {
                column.Read(count);
            }
            count++;
        }
        _rowsInBlock = count;
        return count > 0;
    }
}
