using System.CommandLine;
using Microsoft.ML;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Files;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary>A command that reads rows, asks a model of each, and writes a row for each, at constant memory.</summary>
internal abstract class RowCommand : Command
{
    private readonly CsvOptions _csv;
    private readonly Argument<string> _model = new("model") { Description = "A model file of vae train." };
    private readonly Argument<string?> _data = new("data") { Description = "A CSV table with the model's columns, among others if you like; - or nothing: standard input.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The file to write. Default: standard output.", HelpName = "file" };
    private readonly Option<string[]?> _keep;
    private readonly string[] _usuallyKept;

    /// <param name="name">Of the command.</param>
    /// <param name="description">What it does.</param>
    /// <param name="keepsAll">Whether the table's columns are passed on if nothing else is said.</param>
    /// <param name="streams">Those of the process.</param>
    /// <param name="cancellationToken">Stops it.</param>
    protected RowCommand(string name, string description, bool keepsAll, ToolStreams streams, CancellationToken cancellationToken)
        : base(name, description)
    {
        _usuallyKept = [keepsAll ? "all" : "none"];
        _keep = CommandOptions.List("--keep", "all|none|columns", $"Columns of the table that are passed on, before those that are added. Default {_usuallyKept[0]}.");
        Add(_model);
        Add(_data);
        Add(_out);
        if (HasKeep)
        {
            Add(_keep);
        }
        _csv = new CsvOptions(this);
        SetAction(result => Run(result, streams, cancellationToken));
    }

    /// <summary>Whether the user may choose which of the table's columns are passed on.</summary>
    protected virtual bool HasKeep => true;

    /// <summary>Whether the rows are read more than once.</summary>
    protected virtual bool ReadsAgain(ParseResult result) => false;

    /// <summary>Something to be learned of all rows before any is written.</summary>
    protected virtual void Prepare(ParseResult result, LoadedModel model, Func<CsvView> read, CancellationToken cancellationToken)
    {
    }

    /// <summary>The columns that the model is asked for.</summary>
    /// <exception cref="ToolException">It does not have them.</exception>
    protected abstract IReadOnlyList<DataViewSchema.Column> Wanted(ParseResult result, LoadedModel model, IDataView rows);

    /// <summary>What is written for a row.</summary>
    protected abstract IRowWriter Writer(ParseResult result, LoadedModel model, CsvView view, DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns);

    private void Run(ParseResult result, ToolStreams streams, CancellationToken cancellationToken)
    {
        using LoadedModel model = ModelFile.Load(result.GetRequiredValue(_model));
        CsvFormat format = _csv.Read(result);
        using InputSource source = InputSource.Open(result.GetValue(_data), streams, ReadsAgain(result), cancellationToken);
        Prepare(result, model, () => model.Read(source, format), cancellationToken);
        CsvView view = model.Read(source, format);
        CsvRecords records = view.Open();
        IDataView rows = model.Transform(view);
        IReadOnlyList<DataViewSchema.Column> columns = Wanted(result, model, rows);
        int[] kept = Kept(result, records);
        CsvRowQueue? queue = kept.Length > 0 || !HasKeep ? new CsvRowQueue() : null;
        view.Queue = queue;
        using DataViewRowCursor cursor = rows.GetRowCursor(columns);
        WarnOfLabel(model, records, streams);
        using OutputTarget target = OutputTarget.Open(result.GetValue(_out), streams);
        var output = new CsvOutput(target, records.Separator);
        IRowWriter writer = Writer(result, model, view, cursor, columns);
        if (records.Header is { } header)
        {
            string[] passedOn = [.. kept.Select(cell => header[cell])];
            output.Header([.. passedOn, .. Different(writer.Names, passedOn)]);
        }
        try
        {
            while (Next(cursor, view))
            {
                cancellationToken.ThrowIfCancellationRequested();
                queue?.Next();
                foreach (int cell in kept)
                {
                    output.Text(queue!.Current.Cell(cell));
                }
                writer.Write(output);
                output.EndRow();
            }
        }
        catch (ToolException error) when (error.Code == ExitCode.Input)
        {
            // The rows before the bad one are right.
            output.Flush();
            throw;
        }
        output.Flush();
        target.Commit();
        Warn(view, streams);
    }

    /// <summary>Goes to the next row; a value that the model refuses is in the row that was read last.</summary>
    /// <exception cref="ToolException">A row is wrong.</exception>
    protected static bool Next(DataViewRowCursor cursor, CsvView view)
    {
        try
        {
            return cursor.MoveNext();
        }
        catch (InvalidOperationException error)
        {
            throw view.Records!.ErrorOf(error);
        }
    }

    private int[] Kept(ParseResult result, CsvRecords records)
    {
        string[] names = HasKeep ? result.Given(_keep) ?? _usuallyKept : ["none"];
        return names switch
        {
            ["all"] => [.. Enumerable.Range(0, records.Width)],
            ["none"] => [],
            _ => [.. names.Select(name => CellOf(name, records))],
        };
    }

    private static int CellOf(string name, CsvRecords records)
    {
        IReadOnlyList<string> names = records.Header ?? [.. Enumerable.Range(0, records.Width).Select(CsvColumns.NameOf)];
        int cell = names.ToList().IndexOf(name);
        return cell >= 0 ? cell : throw records.TableError($"there is no column '{name}' to keep; there are {string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", ..." : "")}.");
    }

    // Names that are not taken: score, score2, ...
    private static IEnumerable<string> Different(IReadOnlyList<string> names, IEnumerable<string> taken)
    {
        var used = new HashSet<string>(taken, StringComparer.Ordinal);
        foreach (string name in names)
        {
            string free = name;
            for (int number = 2; !used.Add(free); number++)
            {
                free = FormattableString.Invariant($"{name}{number}");
            }
            yield return free;
        }
    }

    private static void WarnOfLabel(LoadedModel model, CsvRecords records, ToolStreams streams)
    {
        if (model.Vae.LabelColumnName is { } label && records.Header?.Contains(label) == false)
        {
            streams.Error.WriteLine($"vae: warning: there is no column '{label}', the label that the model was told in training: rows are averaged over all labels");
        }
    }

    private static void Warn(CsvView view, ToolStreams streams)
    {
        foreach ((string column, KnownCategories categories) in view.Categories.Where(each => each.Value.Unknown > 0))
        {
            streams.Error.WriteLine(FormattableString.Invariant($"vae: warning: column '{column}' has {categories.Unknown} cell(s) with categories that training did not have: they were taken as missing"));
        }
    }
}

/// <summary>Writes what a model says of a row, after the cells that are passed on.</summary>
internal interface IRowWriter
{
    /// <summary>The names of the cells.</summary>
    IReadOnlyList<string> Names { get; }

    void Write(CsvOutput output);
}

/// <summary>Writes columns one after the other.</summary>
internal sealed class ColumnsWriter(IReadOnlyList<CellWriter> columns) : IRowWriter
{
    public IReadOnlyList<string> Names { get; } = [.. columns.SelectMany(column => column.Names)];

    public void Write(CsvOutput output)
    {
        foreach (CellWriter column in columns)
        {
            column.WriteAll(output);
        }
    }
}
