using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Vae.MLNet.Tool.Commands;

/// <summary>Makes options that say themselves what they take.</summary>
internal static class CommandOptions
{
    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    /// <summary>A number.</summary>
    public static Option<T?> Number<T>(string name, string value, string description)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = value,
            CustomParser = result => Parse(result, text => T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) ? (T?)number : null, T.IsInteger(T.One / (T.One + T.One)) ? "a whole number" : "a number"),
        };

    /// <summary>A number that is something if nothing is said.</summary>
    public static Option<T> Number<T>(string name, string description, T usual, params string[] aliases)
        where T : struct, INumber<T>
    {
        Option<T?> parser = Number<T>(name, "n", description);
        return new Option<T>(name, aliases) { Description = description, HelpName = "n", DefaultValueFactory = _ => usual, CustomParser = result => parser.CustomParser!(result) ?? usual };
    }

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>One of some words.</summary>
    public static Option<T?> Choice<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct
    {
        string words = string.Join("|", choices.Select(choice => choice.Word));
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = words,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, text => choices.Where(choice => choice.Word.Equals(text, StringComparison.OrdinalIgnoreCase)).Select(choice => (T?)choice.Value).FirstOrDefault(), words),
        };
    }

    /// <summary>Texts with commas between them, or the option several times.</summary>
    public static Option<string[]?> List(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
    };

    /// <summary>Whole numbers with commas between them; an empty text has none.</summary>
    public static Option<int[]?> Numbers(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = result => ParseObject(result, text =>
        {
            string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            int[] numbers = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
            return numbers.Contains(-1) ? null : numbers;
        }, "whole numbers with commas between them"),
    };

    /// <summary>Whatever <paramref name="parse"/> knows; null is a mistake.</summary>
    public static Option<T?> Parsed<T>(string name, string value, string description, Func<string, T?> parse)
        where T : class => new(name) { Description = description, HelpName = value, CustomParser = result => ParseObject(result, parse, value) };

    /// <summary>The value of an option that is a list; null if it is not on the command line, where the parser itself says an empty one.</summary>
    public static T[]? Given<T>(this ParseResult result, Option<T[]?> option) => result.GetResult(option) is { Implicit: false } ? result.GetValue(option) : null;

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string wanted)
        where T : struct
    {
        string text = result.Tokens[0].Value;
        T? value = parse(text);
        if (value is null)
        {
            result.AddError(Message(result, text, wanted));
        }
        return value;
    }

    private static T? ParseObject<T>(ArgumentResult result, Func<string, T?> parse, string wanted)
        where T : class
    {
        string text = result.Tokens[0].Value;
        T? value = parse(text);
        if (value is null)
        {
            result.AddError(Message(result, text, wanted));
        }
        return value;
    }

    private static string Message(ArgumentResult result, string text, string wanted) => $"{(result.Parent as OptionResult)?.IdentifierToken?.Value ?? "The argument"} takes {wanted}, not '{text}'.";
}
