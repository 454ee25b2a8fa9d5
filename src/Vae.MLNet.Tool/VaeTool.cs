using System.CommandLine;
using System.CommandLine.Invocation;
using Vae.MLNet.Tool.Commands;

namespace Vae.MLNet.Tool;

/// <summary>The tool: its commands, and what becomes of their errors.</summary>
internal static class VaeTool
{
    private const string Description = """
        Variational autoencoders for tables and images. Rows are CSV, from a file or standard input to standard output, row by row.

        Exit codes: 0 done (also if the reader of the output stops reading), 1 failed (training diverged, memory), 2 wrong command line or settings, 3 data or model that cannot be read or are wrong,
        4 output that cannot be written, 130 Ctrl-C, 143 SIGTERM.
        """;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="streams">What it reads from and writes to.</param>
    /// <param name="cancellationToken">Stops it: cleanly, with nothing half-written left.</param>
    public static ExitCode Run(IReadOnlyList<string> args, ToolStreams streams, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand(Description)
        {
            new TrainCommand(streams, cancellationToken),
            new EncodeCommand(streams, cancellationToken),
            new ReconstructCommand(streams, cancellationToken),
            new ScoreCommand(streams, cancellationToken),
            new ImputeCommand(streams, cancellationToken),
            new SampleCommand(streams, cancellationToken),
            new EvaluateCommand(streams, cancellationToken),
            new InfoCommand(streams),
            new ReportCommand(streams, cancellationToken),
        };
        ParseResult result = root.Parse(args);
        if (result.Action is ParseErrorAction && result.Errors.Count > 0)
        {
            string command = result.CommandResult.Command is RootCommand ? "" : $" {result.CommandResult.Command.Name}";
            string message = command.Length > 0 ? result.Errors[0].Message : result.UnmatchedTokens is [var word, ..] ? $"'{word}' is no command." : "A command is wanted.";
            return Say(streams, ExitCode.Usage, $"{message} (vae{command} --help)");
        }
        try
        {
            using var output = new StreamWriter(new Files.OutputStream(streams.Output, "standard output", owns: false));
            return (ExitCode)result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = streams.Error });
        }
        catch (Exception error)
        {
            return Handle(streams, error);
        }
    }

    private static ExitCode Handle(ToolStreams streams, Exception error) => error switch
    {
        ClosedPipeException => ExitCode.Done,
        ToolException { InnerException: InvalidOperationException } passedOn => Say(streams, passedOn.Code, OptionNames.Said(passedOn.Message)),
        ToolException known => Say(streams, known.Code, known.Message),
        OperationCanceledException => ExitCode.Cancelled,
        OutOfMemoryException => Say(streams, ExitCode.Failed, "out of memory: smaller batches, layers or --cache never take less."),
        // Reading says so by itself; what is left is writing: a checkpoint, a temporary file.
        IOException or UnauthorizedAccessException or InvalidOperationException { InnerException: IOException or UnauthorizedAccessException } => Say(streams, ExitCode.Output, Sentence(error.Message)),
        // Of a setting. The first line says what; the others repeat the parameter in .NET's words.
        ArgumentException => Say(streams, ExitCode.Usage, Sentence(error.Message)),
        _ => Say(streams, ExitCode.Failed, Sentence(error.Message)),
    };

    private static string Sentence(string message)
    {
        int end = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return OptionNames.Said((end < 0 ? message : message[..end]).ReplaceLineEndings(" "));
    }

    private static ExitCode Say(ToolStreams streams, ExitCode code, string message)
    {
        try
        {
            streams.Error.WriteLine($"vae: {message}");
            streams.Error.Flush();
        }
        catch (IOException)
        {
            // Nobody listens; the exit code still says it.
        }
        return code;
    }
}
