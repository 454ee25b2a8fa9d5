using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reads lines of separated fields into columns.</summary>
public sealed class TextLoader : IDataLoader<IMultiStreamSource>
{
    private const int SampleLines = 100;

    private readonly TextFormat _format;
    private readonly TextColumn[] _columns;
    private readonly DataViewSchema _schema;

    internal TextLoader(IHostEnvironment env, Options options, IMultiStreamSource dataSample)
    {
        ArgumentNullException.ThrowIfNull(options);
        env.Register(nameof(TextLoader));
        if (options.Columns is not { Length: > 0 } && options.IsDefault && dataSample?.Count > 0 && TextSchema.Read(dataSample) is { } embedded)
        {
            embedded.MaxRows = options.MaxRows;
            options = embedded;
        }
        _format = new TextFormat(options);
        var columns = options.Columns is { Length: > 0 } given ? given
            : [new Column("Label", DataKind.Single, 0), new Column("Features", DataKind.Single, [new Range(1, null)])];
        int inputSize = options.InputSize ?? 0;
        if (inputSize == 0 && columns.Any(column => column.Source?.Any(range => range.AutoEnd && range.Max == null) == true))
            inputSize = CountFields(dataSample);
        _columns = Array.ConvertAll(columns, column => TextColumn.Create(column, inputSize));
        var header = options.HasHeader && dataSample != null ? ReadHeader(dataSample) : null;
        var builder = new DataViewSchema.Builder();
        foreach (var column in _columns)
            builder.AddColumn(column.Name, column.Type, column.SlotNames(header));
        _schema = builder.ToSchema();
    }

    public DataViewSchema GetOutputSchema() => _schema;

    public IDataView Load(IMultiStreamSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new TextView(source, _format, _columns, _schema);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("This stand-in for Microsoft.ML does not save text loaders.");

    /// <summary>The columns that the members of a class are read from.</summary>
    internal static Column[] ColumnsOf(Type type)
    {
        var members = type.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Concat<MemberInfo>(type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetGetMethod() != null && property.GetIndexParameters().Length == 0)).ToArray();
        Contracts.CheckParam(members.Length > 0, "TInput", "Should define at least one public, readable field or property in TInput.");
        return Array.ConvertAll(members, member =>
        {
            var sources = member.GetCustomAttribute<LoadColumnAttribute>()?.Sources
                ?? throw new InvalidOperationException($"{member.MemberType} '{member.Name}' is missing the {nameof(LoadColumnAttribute)} attribute");
            var item = RowMembers.ItemOf(member).Item;
            return new Column
            {
                Name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name,
                DataKind = (DataKind)(DataKinds.CodeOf(DataKinds.TypeOf(item)) + 1),
                Source = sources,
                KeyCount = member.GetCustomAttribute<KeyTypeAttribute>() is { } key ? new KeyCount(key.Count) : null,
            };
        });
    }

    private int CountFields(IMultiStreamSource sample)
    {
        var fields = new TextFields(_format, 0);
        var sizes = _format.Lines(sample, skipHeader: false).Take(SampleLines).Select(line => fields.Parse(line)).ToHashSet();
        Contracts.CheckParam(sizes.Count > 0, "Source", "Can't determine the number of source columns without valid data");
        Contracts.CheckParam(sizes.Count == 1, "Source", "The size of input lines is not consistent");
        return sizes.Single();
    }

    private TextFields ReadHeader(IMultiStreamSource sample)
    {
        var header = new TextFields(_format, 0);
        if (_format.Lines(sample, skipHeader: false).FirstOrDefault() is { } line)
            header.Parse(line);
        return header;
    }

    /// <summary>How the lines are written.</summary>
    public class Options
    {
        public bool AllowQuoting;
        public bool AllowSparse;
        public Column[] Columns;
        public char DecimalMarker = '.';
        public char EscapeChar = '"';
        public bool HasHeader;
        public int? InputSize;
        public long? MaxRows;
        public bool MissingRealsAsNaNs;
        public bool ReadMultilines;
        public char[] Separators = ['\t'];
        public bool TrimWhitespace;

        /// <summary>Whether nothing is set but perhaps the columns and the number of rows: only then is what the file itself says believed.</summary>
        internal bool IsDefault => this is
        {
            AllowQuoting: false, AllowSparse: false, DecimalMarker: '.', EscapeChar: '"', HasHeader: false, InputSize: null, MissingRealsAsNaNs: false,
            ReadMultilines: false, Separators: ['\t'], TrimWhitespace: false
        };
    }

    /// <summary>A column, its type, and the fields that it is read from.</summary>
    public sealed class Column
    {
        public string Name;
        public Range[] Source;
        public KeyCount KeyCount;

        public Column()
        {
        }

        public Column(string name, DataKind dataKind, int index) : this(name, dataKind, [new Range(index)])
        {
        }

        public Column(string name, DataKind dataKind, int minIndex, int maxIndex) : this(name, dataKind, [new Range(minIndex, maxIndex)])
        {
        }

        public Column(string name, DataKind dataKind, Range[] source, KeyCount keyCount = null)
        {
            ArgumentNullException.ThrowIfNull(name);
            ArgumentNullException.ThrowIfNull(source);
            Name = name;
            DataKind = dataKind;
            Source = source;
            KeyCount = keyCount;
        }

        public DataKind DataKind { get; set; } = DataKind.Single;
    }

    /// <summary>Fields that follow each other.</summary>
    public sealed class Range
    {
        public int Min;
        public int? Max;
        public bool AutoEnd;
        public bool ForceVector;

        public Range()
        {
        }

        public Range(int index)
        {
            Contracts.CheckParam(index >= 0, nameof(index), "Must be non-negative");
            Min = index;
            Max = index;
        }

        public Range(int min, int? max)
        {
            Contracts.CheckParam(min >= 0, nameof(min), "Must be non-negative");
            Contracts.CheckParam(!(max < min), nameof(max), "If specified, must be greater than or equal to min");
            Min = min;
            Max = max;
            ForceVector = true;
            AutoEnd = max == null;
        }
    }
}

/// <summary>How many values a key has; as many as its type can hold where nothing is said.</summary>
public sealed class KeyCount
{
    public ulong? Count;

    public KeyCount()
    {
    }

    public KeyCount(ulong count)
    {
        Contracts.CheckParam(count > 0, nameof(count), "The cardinality of valid key values must be strictly positive.");
        Count = count;
    }
}
