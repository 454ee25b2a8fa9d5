using Microsoft.ML.Data;

namespace Microsoft.ML.Runtime;

/// <summary>Checks, with the exception kinds that the real library throws for them.</summary>
internal static class Contracts
{
    public static void Check(bool holds, string message)
    {
        if (!holds)
            throw new InvalidOperationException(message);
    }

    public static void CheckParam(bool holds, string parameter, string message)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(parameter, message);
    }

    public static void CheckNonEmpty(string value, string parameter)
        => CheckParam(!string.IsNullOrEmpty(value), parameter, $"{parameter} cannot be null or empty");

    public static void CheckDecode(bool holds, string message)
    {
        if (!holds)
            throw new FormatException(message);
    }

    public static ArgumentOutOfRangeException MissingColumn(string parameter, string role, string column)
        => new(parameter, $"Could not find {role} column '{column}'");

    public static ArgumentOutOfRangeException WrongColumn(string parameter, string role, string column, object expected, object actual)
        => new(parameter, $"Schema mismatch for {role} column '{column}': expected {expected}, got {actual}");

    public static DataViewSchema.Column RequireColumn(this DataViewSchema schema, string name, string parameter = "inputSchema", string role = "input")
        => schema.GetColumnOrNull(name) ?? throw MissingColumn(parameter, role, name);

    public static SchemaShape.Column RequireColumn(this SchemaShape schema, string name, string parameter = "inputSchema", string role = "input")
        => schema.TryFind(name, out var column) ? column : throw MissingColumn(parameter, role, name);

    public static void CheckAlive(this IHostEnvironment env)
    {
        if (env is ICancelable { IsCanceled: true })
            throw new OperationCanceledException("Operation was canceled.");
    }
}

/// <summary>An environment whose work can be stopped from outside.</summary>
internal interface ICancelable
{
    bool IsCanceled { get; }

    void CancelExecution();
}
