using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Tool.Csv;

namespace Vae.MLNet.Tool.Models;

/// <summary>Writes the value of a column in the current row as one or more cells, in the words of the table: categories as their texts, whole numbers whole, pixels on the table's scale.</summary>
internal abstract class CellWriter
{
    /// <summary>The names of its cells.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Reads the value of the current row.</summary>
    public abstract void Read();

    /// <summary>Writes one of its cells.</summary>
    public abstract void Write(CsvOutput output, int cell);

    /// <summary>Reads it and writes all its cells.</summary>
    public void WriteAll(CsvOutput output)
    {
        Read();
        for (int cell = 0; cell < Names.Count; cell++)
        {
            Write(output, cell);
        }
    }

    /// <summary>A writer of a column that is of no training column.</summary>
    public static CellWriter Of(DataViewRow row, DataViewSchema.Column column, IReadOnlyList<string> names) => Of(row, column, names, isWhole: false, white: null);

    /// <summary>A writer of a column that is like one of the training table.</summary>
    /// <param name="row">Has the values.</param>
    /// <param name="column">Of the row.</param>
    /// <param name="trained">Of the model's input schema: what it is like.</param>
    /// <param name="names">The names of its cells.</param>
    public static CellWriter Like(DataViewRow row, DataViewSchema.Column column, DataViewSchema.Column trained, IReadOnlyList<string> names) =>
        Of(row, column, names, ColumnFacts.IsWholeNumber(trained), ColumnFacts.PixelScaleOf(trained));

    private static CellWriter Of(DataViewRow row, DataViewSchema.Column column, IReadOnlyList<string> names, bool isWhole, float? white) => column.Type switch
    {
        KeyDataViewType key => Category(row, column, key, names),
        TextDataViewType => new Scalar<ReadOnlyMemory<char>>(row, column, (output, value) => output.Text(value.Span)) { Names = names },
        BooleanDataViewType => new Scalar<bool>(row, column, (output, value) => output.Truth(value)) { Names = names },
        VectorDataViewType { ItemType: var item } when item == NumberDataViewType.Single => new Vector(row, column, isWhole, white ?? 1) { Names = names },
        NumberDataViewType number when number == NumberDataViewType.Single => new Scalar<float>(row, column, (output, value) => output.Number(isWhole ? MathF.Round(value) + 0f : value)) { Names = names },
        NumberDataViewType number when number == NumberDataViewType.Double => new Scalar<double>(row, column, (output, value) => output.Number(isWhole ? Math.Round(value) + 0d : value)) { Names = names },
        NumberDataViewType number when number == NumberDataViewType.Int64 => Whole<long>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.Int32 => Whole<int>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.Int16 => Whole<short>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.SByte => Whole<sbyte>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.UInt64 => Whole<ulong>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.UInt32 => Whole<uint>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.UInt16 => Whole<ushort>(row, column, names),
        NumberDataViewType number when number == NumberDataViewType.Byte => Whole<byte>(row, column, names),
        _ => throw new ToolException(ExitCode.Input, $"column '{column.Name}' of the model is of type {column.Type}, which cells of a CSV table cannot be."),
    };

    private static Scalar<T> Whole<T>(DataViewRow row, DataViewSchema.Column column, IReadOnlyList<string> names)
        where T : IUtf8SpanFormattable => new(row, column, (output, value) => output.Whole(value)) { Names = names };

    private static CellWriter Category(DataViewRow row, DataViewSchema.Column column, KeyDataViewType key, IReadOnlyList<string> names)
    {
        string[] texts = CategoryNames.Of(column);
        void Write(CsvOutput output, ulong value) => output.Text(value == 0 ? "" : texts[value - 1]);
        return Type.GetTypeCode(key.RawType) switch
        {
            TypeCode.Byte => new Scalar<byte>(row, column, (output, value) => Write(output, value)) { Names = names },
            TypeCode.UInt16 => new Scalar<ushort>(row, column, (output, value) => Write(output, value)) { Names = names },
            TypeCode.UInt32 => new Scalar<uint>(row, column, (output, value) => Write(output, value)) { Names = names },
            _ => new Scalar<ulong>(row, column, Write) { Names = names },
        };
    }

    private sealed class Scalar<T>(DataViewRow row, DataViewSchema.Column column, Action<CsvOutput, T> write) : CellWriter
    {
        private readonly ValueGetter<T> _getter = row.GetGetter<T>(column);
        private T _value = default!;

        public override void Read() => _getter(ref _value);

        public override void Write(CsvOutput output, int cell) => write(output, _value);
    }

    private sealed class Vector(DataViewRow row, DataViewSchema.Column column, bool isWhole, float white) : CellWriter
    {
        private readonly ValueGetter<VBuffer<float>> _getter = row.GetGetter<VBuffer<float>>(column);
        private VBuffer<float> _value;
        private float[] _dense = [];

        public override void Read()
        {
            _getter(ref _value);
            if (_dense.Length != _value.Length)
            {
                _dense = new float[_value.Length];
            }
            _value.CopyTo(_dense);
        }

        public override void Write(CsvOutput output, int cell)
        {
            float number = _dense[cell] * white;
            output.Number(isWhole ? MathF.Round(number) + 0f : number);
        }
    }
}
