using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Sampling.Quality;

/// <summary>One column, or one slot of a vector, of all rows: numbers, NaN where one is missing; of categories, codes from 0.</summary>
internal sealed record SampleColumn(string Name, int? Slot, bool IsCategory, double[] Values);

/// <summary>Columns that can be compared, of some views of the same kind of rows.</summary>
internal sealed class SampleSchema
{
    private readonly DataViewSchema.Column[] _columns;
    // Codes of texts are the same in all views.
    private readonly Dictionary<string, Dictionary<string, double>> _texts = [];

    private SampleSchema(DataViewSchema.Column[] columns) => _columns = columns;

    /// <param name="real">Real rows.</param>
    /// <param name="names">Columns; none for all that can be compared and that the sampled rows have as well.</param>
    /// <param name="sampled">Sampled rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that cannot be compared.</exception>
    public static SampleSchema Of(DataViewSchema real, IReadOnlyList<string> names, DataViewSchema sampled)
    {
        DataViewSchema.Column[] columns = names.Count > 0
            ? [.. names.Select(name => ColumnTypes.Find(real, name, "real", nameof(real)))]
            : [.. real.Where(column => !column.IsHidden && CanCompare(column.Type) && sampled.GetColumnOrNull(column.Name) is not null)];
        foreach (DataViewSchema.Column column in columns)
        {
            if (!CanCompare(column.Type))
            {
                throw ColumnTypes.Mismatch("real", column.Name, "a number, a Boolean, a text, a key or a known-size vector of Single", $"{column.Type}", nameof(real));
            }
        }
        return columns.Length > 0
            ? new SampleSchema(columns)
            : throw new ArgumentException($"No column of the real rows ({string.Join(", ", real.Select(column => column.Name))}) is one of the sampled rows ({string.Join(", ", sampled.Select(column => column.Name))}).");
    }

    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of another type than the real rows'.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    public IReadOnlyList<SampleColumn> Read(IDataView view, string role, long most = long.MaxValue)
    {
        DataViewSchema.Column[] columns = [.. _columns.Select(column => Matching(view.Schema, column, role))];
        using DataViewRowCursor cursor = view.GetRowCursor(columns);
        (SampleColumn[] Columns, Action Read, List<double>[] Values)[] readers = [.. columns.Select(column => ReaderOf(cursor, column))];
        long rows = 0;
        while (rows < most && cursor.MoveNext())
        {
            foreach ((_, Action read, _) in readers)
            {
                read();
            }
            rows++;
        }
        return rows > 0
            ? [.. readers.SelectMany(reader => reader.Columns.Zip(reader.Values, (column, values) => column with { Values = [.. values] }))]
            : throw new InvalidOperationException($"There are no {role} rows to compare: at least one is wanted.");
    }

    private static DataViewSchema.Column Matching(DataViewSchema schema, DataViewSchema.Column wanted, string role)
    {
        DataViewSchema.Column found = ColumnTypes.Find(schema, wanted.Name, role, nameof(schema));
        return ColumnTypes.AreSame(found.Type, wanted.Type)
            ? found
            : throw ColumnTypes.Mismatch(role, found.Name, $"{wanted.Type}, as of the real rows", $"{found.Type}", nameof(schema));
    }

    private static bool CanCompare(DataViewType type) => type switch
    {
        TextDataViewType => true,
        VectorDataViewType vector => vector.IsKnownSize && vector.ItemType == NumberDataViewType.Single,
        _ => ScalarFormat.Of(type.RawType) is not null,
    };

    private (SampleColumn[] Columns, Action Read, List<double>[] Values) ReaderOf(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType { Size: var size })
        {
            List<double>[] slots = [.. Enumerable.Range(0, size).Select(_ => new List<double>())];
            var vector = new VectorSource(row, column);
            return ([.. Enumerable.Range(0, size).Select(slot => new SampleColumn(column.Name, slot, false, []))], () =>
            {
                int slot = 0;
                foreach (float value in vector.Read().DenseValues())
                {
                    slots[slot++].Add(value);
                }
            }, slots);
        }
        Func<double> source = column.Type is TextDataViewType ? TextOf(row, column) : ScalarFormat.Of(column.Type.RawType)!.Source(row, column);
        List<double> values = [];
        bool isCategory = column.Type is TextDataViewType or KeyDataViewType or BooleanDataViewType;
        return ([new SampleColumn(column.Name, null, isCategory, [])], () => values.Add(source()), [values]);
    }

    private Func<double> TextOf(DataViewRow row, DataViewSchema.Column column)
    {
        if (!_texts.TryGetValue(column.Name, out Dictionary<string, double>? codes))
        {
            _texts[column.Name] = codes = new Dictionary<string, double>(StringComparer.Ordinal);
        }
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            string value = text.ToString();
            if (!codes.TryGetValue(value, out double code))
            {
                codes[value] = code = codes.Count;
            }
            return code;
        };
    }
}
