using System.CommandLine;
using Vae.MLNet.Tool.Csv;

namespace Vae.MLNet.Tool.Commands;

/// <summary>How tables are written: the same options for every command that reads one.</summary>
internal sealed class CsvOptions
{
    private readonly Option<string?> _separator = CommandOptions.Text("--separator", "char", "Between cells: a character, or tab. Default: the one of comma, semicolon, tab and bar that the first lines have.");
    private readonly Option<CsvHeader?> _header = CommandOptions.Choice("--header", "Whether the first line has the names of the columns. Default auto: as it looks.", ("auto", CsvHeader.Auto), ("yes", CsvHeader.Yes), ("no", CsvHeader.No));
    private readonly Option<string[]?> _missing = CommandOptions.List("--missing", "texts", $"Texts that stand for a missing value, beside an empty cell. Default {string.Join(",", CsvFormat.UsualMissingTexts)}.");

    public CsvOptions(Command command)
    {
        command.Add(_separator);
        command.Add(_header);
        command.Add(_missing);
        _separator.Validators.Add(result =>
        {
            if (SeparatorOf(result.Tokens[0].Value) is null)
            {
                result.AddError($"--separator takes one ASCII character or the word tab, not '{result.Tokens[0].Value}'.");
            }
        });
    }

    public CsvFormat Read(ParseResult result) => new(
        result.GetValue(_separator) is { } separator ? SeparatorOf(separator) : null, result.GetValue(_header) ?? CsvHeader.Auto, result.Given(_missing) ?? CsvFormat.UsualMissingTexts);

    private static char? SeparatorOf(string text) => text switch
    {
        "tab" or "\\t" => '\t',
        [var character] when char.IsAscii(character) && character is not ('"' or '\r' or '\n') => character,
        _ => null,
    };
}
