using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>Reads a value from a field that is not empty.</summary>
internal delegate bool TextParser<T>(ReadOnlyMemory<char> text, out T value);

/// <summary>What the texts of the types look like. Unreadable reals and keys are missing values; other types have none, so there it is an error.</summary>
internal static class TextParsers
{
    private static readonly string[] True = ["t", "y", "1", "+", "yes", "+1", "true"];
    private static readonly string[] False = ["f", "n", "0", "-", "no", "-1", "false"];

    public static TextParser<T> For<T>(DataViewType type, NumberFormatInfo numbers)
    {
        Delegate parser = type is KeyDataViewType key
            ? typeof(T) == typeof(byte) ? Key<byte>(key.Count, byte.CreateChecked) : typeof(T) == typeof(ushort) ? Key<ushort>(key.Count, ushort.CreateChecked)
            : typeof(T) == typeof(uint) ? Key<uint>(key.Count, uint.CreateChecked) : Key<ulong>(key.Count, number => number)
            : typeof(T) == typeof(float) ? (TextParser<float>)((ReadOnlyMemory<char> text, out float value) => { value = (float)Real(text, numbers); return true; })
            : typeof(T) == typeof(double) ? (TextParser<double>)((ReadOnlyMemory<char> text, out double value) => { value = Real(text, numbers); return true; })
            : typeof(T) == typeof(ReadOnlyMemory<char>) ? (TextParser<ReadOnlyMemory<char>>)((ReadOnlyMemory<char> text, out ReadOnlyMemory<char> value) => { value = text; return true; })
            : typeof(T) == typeof(bool) ? (TextParser<bool>)Boolean
            : typeof(T) == typeof(sbyte) ? (TextParser<sbyte>)((ReadOnlyMemory<char> text, out sbyte value) => sbyte.TryParse(text.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(byte) ? (TextParser<byte>)((ReadOnlyMemory<char> text, out byte value) => byte.TryParse(text.Span, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(short) ? (TextParser<short>)((ReadOnlyMemory<char> text, out short value) => short.TryParse(text.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(ushort) ? (TextParser<ushort>)((ReadOnlyMemory<char> text, out ushort value) => ushort.TryParse(text.Span, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(int) ? (TextParser<int>)((ReadOnlyMemory<char> text, out int value) => int.TryParse(text.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(uint) ? (TextParser<uint>)((ReadOnlyMemory<char> text, out uint value) => uint.TryParse(text.Span, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(long) ? (TextParser<long>)((ReadOnlyMemory<char> text, out long value) => long.TryParse(text.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(ulong) ? (TextParser<ulong>)((ReadOnlyMemory<char> text, out ulong value) => ulong.TryParse(text.Span, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(TimeSpan) ? (TextParser<TimeSpan>)((ReadOnlyMemory<char> text, out TimeSpan value) => TimeSpan.TryParse(text.Span, CultureInfo.InvariantCulture, out value))
            : typeof(T) == typeof(DateTime) ? (TextParser<DateTime>)((ReadOnlyMemory<char> text, out DateTime value) =>
                DateTime.TryParse(text.Span, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value))
            : (TextParser<DateTimeOffset>)((ReadOnlyMemory<char> text, out DateTimeOffset value) =>
                DateTimeOffset.TryParse(text.Span, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value));
        return (TextParser<T>)parser;
    }

    private static double Real(ReadOnlyMemory<char> text, NumberFormatInfo numbers)
    {
        var trimmed = text.Span.Trim();
        if (trimmed.IsEmpty)
            return 0;
        if (trimmed is "∞" or "+∞" or "Infinity" or "+Infinity")
            return double.PositiveInfinity;
        if (trimmed is "-∞" or "-Infinity")
            return double.NegativeInfinity;
        return double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, numbers, out double number) ? number : double.NaN;
    }

    // In the file a key counts from 0.
    private static TextParser<TKey> Key<TKey>(ulong count, Func<ulong, TKey> convert) => (ReadOnlyMemory<char> text, out TKey value) =>
    {
        value = ulong.TryParse(text.Span, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number < count ? convert(number + 1) : default;
        return true;
    };

    private static bool Boolean(ReadOnlyMemory<char> text, out bool value)
    {
        string word = text.ToString().ToLowerInvariant();
        value = True.Contains(word);
        return value || False.Contains(word);
    }
}
