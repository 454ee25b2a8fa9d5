using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Csv;

/// <summary>Reads rows of a CSV table. A cell is parsed when its value is asked for; one that is not of its column's type is an error that names file, line and column.</summary>
internal sealed class CsvCursor : DataViewRowCursor
{
    private readonly CsvView _view;
    private readonly CsvRecords _records;
    private readonly HashSet<int> _active;
    private readonly IReadOnlyDictionary<int, int[]> _cells;
    private long _row = -1;
    private bool _isOnRow;

    /// <param name="view">What is read.</param>
    /// <param name="records">Its table.</param>
    /// <param name="active">Indices of the columns that are asked for.</param>
    /// <param name="cells">Their cells.</param>
    public CsvCursor(CsvView view, CsvRecords records, IEnumerable<int> active, IReadOnlyDictionary<int, int[]> cells) =>
        (_view, _records, _active, _cells) = (view, records, [.. active], cells);

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _isOnRow ? _row : -1;

    public override long Batch => 0;

    public override bool MoveNext()
    {
        _isOnRow = _records.Read();
        if (_isOnRow)
        {
            _row++;
            _view.Queue?.Add(_records);
        }
        return _isOnRow;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_row, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active.Contains(column.Index))
        {
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' has not been asked for.");
        }
        return GetterOf(column, _cells[column.Index]) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' is of type {column.Type}, not {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _records.Dispose();
        }
        base.Dispose(disposing);
    }

    private Delegate GetterOf(DataViewSchema.Column column, int[] cells) => column.Type switch
    {
        TextDataViewType => Text(column.Name, cells[0]),
        BooleanDataViewType => Truth(column.Name, cells[0]),
        VectorDataViewType { ItemType: var item } when item == NumberDataViewType.Single => Vector(column, cells),
        NumberDataViewType number when number == NumberDataViewType.Single => Number(column.Name, cells[0], float.NaN),
        NumberDataViewType number when number == NumberDataViewType.Double => Number(column.Name, cells[0], double.NaN),
        NumberDataViewType number when number == NumberDataViewType.Int64 => Whole<long>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.Int32 => Whole<int>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.Int16 => Whole<short>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.SByte => Whole<sbyte>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.UInt64 => Whole<ulong>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.UInt32 => Whole<uint>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.UInt16 => Whole<ushort>(column.Name, cells[0]),
        NumberDataViewType number when number == NumberDataViewType.Byte => Whole<byte>(column.Name, cells[0]),
        _ => throw new ToolException(ExitCode.Input, $"the model wants column '{column.Name}' as {column.Type}, which cells of a CSV table cannot be."),
    };

    private ValueGetter<ReadOnlyMemory<char>> Text(string name, int cell)
    {
        KnownCategories categories = _view.Categories.GetValueOrDefault(name) ?? new KnownCategories(null);
        return (ref ReadOnlyMemory<char> value) => value = TryCell(cell, out ReadOnlySpan<byte> text) ? categories.Of(text).AsMemory() : default;
    }

    private ValueGetter<bool> Truth(string name, int cell) => (ref bool value) =>
    {
        if (!TryCell(cell, out ReadOnlySpan<byte> text))
        {
            throw _records.Error($"column '{name}': a missing cell, and there was none in training, where the column was true or false.");
        }
        if (!CsvNumbers.TryTruth(text, out value))
        {
            throw _records.Error(name, text, "is not true or false");
        }
    };

    private ValueGetter<T> Number<T>(string name, int cell, T missing)
        where T : INumberBase<T> => (ref T value) =>
        {
            if (!TryCell(cell, out ReadOnlySpan<byte> text))
            {
                value = missing;
            }
            else if (!CsvNumbers.TryNumber(text, out value))
            {
                throw _records.Error(name, text, "is not a number");
            }
        };

    private ValueGetter<T> Whole<T>(string name, int cell)
        where T : INumberBase<T> => (ref T value) =>
        {
            if (!TryCell(cell, out ReadOnlySpan<byte> text))
            {
                throw _records.Error($"column '{name}': a missing cell, where the model wants a whole number.");
            }
            if (!CsvNumbers.TryNumber(text, out value))
            {
                throw _records.Error(name, text, "is not a whole number");
            }
        };

    private ValueGetter<VBuffer<float>> Vector(DataViewSchema.Column column, int[] cells)
    {
        float? scale = ColumnFacts.PixelScaleOf(column);
        IReadOnlyList<string> names = _view.Columns.NamesOf[column.Index];
        return (ref VBuffer<float> value) =>
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, cells.Length);
            for (int slot = 0; slot < cells.Length; slot++)
            {
                if (!TryCell(cells[slot], out ReadOnlySpan<byte> cell))
                {
                    editor.Values[slot] = float.NaN;
                    continue;
                }
                if (!CsvNumbers.TryNumber(cell, out float number))
                {
                    throw _records.Error(names[slot], cell, "is not a number");
                }
                if (scale is { } white)
                {
                    number = number < 0 || number > white ? throw _records.Error(names[slot], cell, FormattableString.Invariant($"is no pixel from 0 to {white}")) : number / white;
                }
                editor.Values[slot] = number;
            }
            value = editor.Commit();
        };
    }

    private bool TryCell(int cell, out ReadOnlySpan<byte> text)
    {
        text = cell < 0 ? default : _records.Cell(cell);
        return !_records.Format.IsMissing(text);
    }
}
