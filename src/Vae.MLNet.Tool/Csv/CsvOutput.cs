using CsvHelper;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Csv;

/// <summary>Writes rows as CSV: numbers as the shortest text that gives them back, alike in every culture.</summary>
internal sealed class CsvOutput
{
    private readonly CsvWriter _writer;

    /// <param name="target">Where to.</param>
    /// <param name="separator">Between cells.</param>
    public CsvOutput(OutputTarget target, char separator) => _writer = CsvWriter.Create(target.Stream, new CsvWriterOptions { Separator = separator, NewLine = "\n", TrueValue = "true", FalseValue = "false" }, leaveOpen: true);

    /// <summary>Writes a line of names.</summary>
    public void Header(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            _writer.WriteField(name);
        }
        EndRow();
    }

    public void Text(string text) => _writer.WriteField(text);

    public void Text(ReadOnlySpan<char> text) => _writer.WriteField(text);

    public void Text(ReadOnlySpan<byte> text) => _writer.WriteField(text);

    public void Number(float number)
    {
        if (float.IsNaN(number))
        {
            Nothing();
        }
        else
        {
            _writer.WriteField(number);
        }
    }

    public void Number(double number)
    {
        if (double.IsNaN(number))
        {
            Nothing();
        }
        else
        {
            _writer.WriteField(number);
        }
    }

    public void Whole<T>(T number)
        where T : IUtf8SpanFormattable => _writer.WriteField(number);

    public void Truth(bool truth) => _writer.WriteField(truth);

    /// <summary>A missing value.</summary>
    public void Nothing() => _writer.WriteField(ReadOnlySpan<byte>.Empty);

    public void EndRow() => _writer.EndRecord();

    /// <summary>Everything is with the target afterwards.</summary>
    public void Flush() => _writer.Flush();
}
