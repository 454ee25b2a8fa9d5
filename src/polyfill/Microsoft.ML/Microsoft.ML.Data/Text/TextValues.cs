using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>Values as text that the parsers read back.</summary>
internal static class TextValues
{
    public static Func<T, string> For<T>(DataViewType type, char separator)
    {
        // In the file a key counts from 0, and a missing one is nothing at all.
        if (type is KeyDataViewType key)
            return value => KeyIndex.Of(value) is var index && index < key.Count ? index.ToString(CultureInfo.InvariantCulture) : "";
        return value => value switch
        {
            float.NaN or double.NaN => "?",
            double number => number.ToString("G17", CultureInfo.InvariantCulture),
            bool flag => flag ? "1" : "0",
            ReadOnlyMemory<char> text => Quote(text.Span, separator),
            TimeSpan span => $"\"{span:c}\"",
            DateTime or DateTimeOffset => string.Create(CultureInfo.InvariantCulture, $"\"{value:o}\""),
            DataViewRowId id => $"0x{id.High:x16}{id.Low:x16}",
            _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        };
    }

    public static string Quote(ReadOnlySpan<char> text, char separator)
    {
        bool quoted = text.IsEmpty || text[0] == ' ' || text.IndexOfAny([separator, '"', ':', '\n']) >= 0;
        return quoted ? $"\"{text.ToString().Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text.ToString();
    }
}
