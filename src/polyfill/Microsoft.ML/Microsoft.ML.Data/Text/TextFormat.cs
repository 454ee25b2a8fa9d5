using System.Globalization;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The settings of a text file, and its lines.</summary>
internal sealed class TextFormat
{
    private readonly bool _readMultilines;
    private readonly bool _hasHeader;

    public TextFormat(TextLoader.Options options)
    {
        Contracts.CheckParam(options.Separators is { Length: > 0 }, nameof(options.Separators), "Must specify a separator");
        foreach (char separator in options.Separators)
            Contracts.CheckParam(separator == '\t' || (separator >= ' ' && separator != '"' && !char.IsAsciiDigit(separator)), nameof(options.Separators), $"Illegal separator: '{separator}'");
        Contracts.CheckParam(options.DecimalMarker is '.' or ',', nameof(options.DecimalMarker), $"Decimal marker cannot be the '{options.DecimalMarker}' character. It must be '.' or ','.");
        Contracts.CheckParam(options.AllowQuoting || options.DecimalMarker != ',' || !options.Separators.Contains(','), nameof(options.AllowQuoting), "Quoting must be allowed if decimal marker and separator are the ',' character.");
        Contracts.CheckParam(!options.Separators.Contains(options.EscapeChar), nameof(options.EscapeChar), $"EscapeChar '{options.EscapeChar}' can't be used both as EscapeChar and separator");
        Contracts.CheckParam(options.MaxRows is not < 0, nameof(options.MaxRows), "Must be non-negative");
        Separators = options.Separators;
        AllowQuoting = options.AllowQuoting;
        AllowSparse = options.AllowSparse;
        EscapeChar = options.EscapeChar;
        TrimWhitespace = options.TrimWhitespace;
        MissingRealsAsNaNs = options.MissingRealsAsNaNs;
        InputSize = options.InputSize ?? 0;
        MaxRows = options.MaxRows ?? long.MaxValue;
        Numbers = options.DecimalMarker == '.' ? NumberFormatInfo.InvariantInfo : new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = "." };
        _readMultilines = options.AllowQuoting && options.ReadMultilines;
        _hasHeader = options.HasHeader;
    }

    public char[] Separators { get; }

    public bool AllowQuoting { get; }

    public bool AllowSparse { get; }

    public char EscapeChar { get; }

    public bool TrimWhitespace { get; }

    public bool MissingRealsAsNaNs { get; }

    public int InputSize { get; }

    public long MaxRows { get; }

    public NumberFormatInfo Numbers { get; }

    /// <summary>The lines that hold data, of one file after the other: no blank ones, no comments, no header.</summary>
    public IEnumerable<string> Lines(IMultiStreamSource source, bool skipHeader = true)
    {
        for (int file = 0; file < (source?.Count ?? 0); file++)
        {
            using var reader = source.OpenTextReader(file);
            bool first = true;
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0 || line.StartsWith("//", StringComparison.Ordinal) || (first && line[0] == '#'))
                    continue;
                line = Complete(line, reader);
                if (!(first && _hasHeader && skipHeader))
                    yield return line;
                first = false;
            }
        }
    }

    // A quoted field may go on in the next line.
    private string Complete(string line, TextReader reader)
    {
        if (!_readMultilines || !EndsInsideQuotes(line))
            return line;
        var text = new StringBuilder(line);
        do
        {
            text.Append('\n').Append(reader.ReadLine() ?? throw new FormatException("Stream reading encountered exception", new EndOfStreamException("A quoted field was never closed.")));
        }
        while (EndsInsideQuotes(text.ToString()));
        return text.ToString();
    }

    private bool EndsInsideQuotes(string text)
    {
        bool inside = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (inside && EscapeChar != '"' && text[i] == EscapeChar)
                i++;
            else if (text[i] == '"')
                inside = !inside;
        }
        return inside;
    }
}
