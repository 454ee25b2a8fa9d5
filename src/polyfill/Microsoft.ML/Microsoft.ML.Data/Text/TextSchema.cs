using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The comment at the head of a text file that says how to read it.</summary>
internal static partial class TextSchema
{
    private static readonly Dictionary<char, string> Separators = new() { [' '] = "space", ['\t'] = "tab", [','] = "comma", [';'] = "semicolon", ['|'] = "bar" };
    private static readonly string[] Kinds = ["I1", "U1", "I2", "U2", "I4", "U4", "I8", "U8", "R4", "R8", "TX", "BL", "TS", "DT", "DZ", "UG"];

    public static void CheckSeparator(char separator)
        => Contracts.CheckParam(Separators.ContainsKey(separator), "Separator", "Invalid separator - must be: space, tab, comma, semicolon, or bar");

    public static void Write(TextWriter writer, DataViewSchema.Column[] columns, bool hasHeader, char separator)
    {
        writer.WriteLine("#@ TextLoader{");
        if (hasHeader)
            writer.WriteLine("#@   header+");
        writer.WriteLine($"#@   sep={Separators[separator]}");
        int field = 0;
        foreach (var column in columns)
        {
            if (field < 0)
                throw new NotSupportedException("This stand-in for Microsoft.ML does not describe columns after one whose vectors differ in length: pass schema: false.");
            writer.WriteLine($"#@   col={Describe(column, ref field)}");
        }
        writer.WriteLine("#@ }");
    }

    /// <summary>The options at the head of the first file; null if there are none.</summary>
    public static TextLoader.Options Read(IMultiStreamSource source)
    {
        var text = new StringBuilder();
        using (var reader = source.OpenTextReader(0))
        {
            while (reader.ReadLine() is { } line && (line.Length == 0 || line[0] == '#' || line.StartsWith("//", StringComparison.Ordinal)))
                text.Append(line.StartsWith("#@", StringComparison.Ordinal) ? $"{line[2..].Trim()} " : "");
        }
        if (text.Length == 0)
            return null;
        var schema = Schema().Match(text.ToString());
        if (!schema.Success)
            throw new NotSupportedException("This stand-in for Microsoft.ML does not understand the options that are embedded in the file: name the columns.");
        string separator = schema.Groups["separator"].Value;
        return new TextLoader.Options
        {
            HasHeader = schema.Groups["header"].Success,
            Separators = [Separators.First(pair => pair.Value == separator).Key],
            Columns = schema.Groups["column"].Captures.Select(capture => ReadColumn(Column().Match(capture.Value).Groups)).ToArray(),
        };
    }

    private static string Describe(DataViewSchema.Column column, ref int field)
    {
        var item = column.Type.ItemType();
        string kind = Kinds[DataKinds.CodeOf(DataKinds.TypeOf(item.RawType))], range = field.ToString(CultureInfo.InvariantCulture);
        if (column.Type is VectorDataViewType vector)
        {
            range += vector.IsKnownSize ? $"-{field + vector.Size - 1}" : "-**";
            field = vector.IsKnownSize ? field + vector.Size : -1;
        }
        else
        {
            field++;
        }
        var key = item as KeyDataViewType;
        if (column.Name.IndexOfAny(['{', '}', '"', '#', '\\']) >= 0)
            throw new NotSupportedException($"This stand-in for Microsoft.ML does not describe columns with names like '{column.Name}': pass schema: false.");
        if (column.Name.Any(character => character == '=' || char.IsWhiteSpace(character)))
            return $"{{name={{{column.Name}}}{(kind == "R4" ? "" : $" type={kind}")} src={range}{(key == null ? "" : $" key={key.Count}")}}}";
        return $"{column.Name}:{kind}{(key == null ? "" : $"[{key.Count}]")}:{range}";
    }

    private static TextLoader.Column ReadColumn(GroupCollection groups)
    {
        var range = new TextLoader.Range(ToInt(groups["min"]));
        if (groups["max"].Success)
            range = new TextLoader.Range(range.Min, ToInt(groups["max"]));
        return new TextLoader.Column(groups["name"].Value, groups["kind"].Success ? (DataKind)(Array.IndexOf(Kinds, groups["kind"].Value) + 1) : DataKind.Single, [range],
            groups["key"].Success ? new KeyCount(ulong.Parse(groups["key"].Value, CultureInfo.InvariantCulture)) : null);
    }

    private static int ToInt(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    // What is written above, except for vectors that differ in length: the loader has none.
    private const string Kind = "(?<kind>I[1248]|U[1248]|R[48]|TX|BL|TS|DT|DZ)";
    private const string Fields = @"(?<min>\d+)(-(?<max>\d+))?";
    private const string ShortColumn = @"(?<name>[^\s={}:]+):" + Kind + @"(\[(?<key>\d+)\])?:" + Fields;
    private const string LongColumn = @"\{name=\{(?<name>[^{}]+)\}( type=" + Kind + ")? src=" + Fields + @"( key=(?<key>\d+))?\}";

    [GeneratedRegex(@"^TextLoader\s*\{\s*(?<header>header\+\s+)?sep=(?<separator>space|tab|comma|semicolon|bar)\s+(col=(?<column>" + ShortColumn + "|" + LongColumn + @")\s+)+\}\s*$")]
    private static partial Regex Schema();

    [GeneratedRegex($"^({ShortColumn}|{LongColumn})$")]
    private static partial Regex Column();
}
