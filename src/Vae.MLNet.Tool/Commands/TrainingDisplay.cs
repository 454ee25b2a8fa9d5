using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace Vae.MLNet.Tool.Commands;

/// <summary>Shows training as it goes, on the error output: a bar with the ELBO and the time left on a terminal, lines elsewhere.</summary>
internal sealed class TrainingDisplay(ToolStreams streams, bool isQuiet, int numberOfEpochs, long rows) : IProgress<VaeProgress>, IDisposable
{
    private const int MostLines = 50;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly HashSet<string> _said = [];
    private ProgressTask? _bar;
    private IAnsiConsole? _console;
    private int _firstEpoch = -1;

    /// <summary>Runs <paramref name="fit"/> with the display.</summary>
    public T Run<T>(Func<T> fit)
    {
        if (isQuiet || !streams.IsErrorTerminal)
        {
            if (!isQuiet)
            {
                Say($"training on {Text(rows)} rows");
            }
            return fit();
        }
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(streams.Error) });
        return _console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                _bar = context.AddTask($"Reading {Text(rows)} rows", maxValue: numberOfEpochs);
                return fit();
            });
    }

    public void Report(VaeProgress value)
    {
        if (_bar is { } bar)
        {
            bar.Value = value.Epoch;
            bar.Description = string.Create(CultureInfo.InvariantCulture, $"Epoch {value.Epoch}/{value.NumberOfEpochs}: ELBO {value.Elbo:F2}{Validation(value)}");
            return;
        }
        _firstEpoch = _firstEpoch < 0 ? value.Epoch - 1 : _firstEpoch;
        int step = Math.Max(1, value.NumberOfEpochs / MostLines);
        if (isQuiet || (value.Epoch % step != 0 && value.Epoch != 1 && value.Epoch != value.NumberOfEpochs))
        {
            return;
        }
        double left = _clock.Elapsed.TotalSeconds / (value.Epoch - _firstEpoch) * (value.NumberOfEpochs - value.Epoch);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.NumberOfEpochs}: ELBO {value.Elbo:F2}, KL {value.Kl:F2}{Validation(value)}, {value.ActiveUnits} active, {value.RowsPerSecond:F0} rows/s, {left:F0} s left"));
    }

    /// <summary>Passes on the library's warnings, each once.</summary>
    public void Log(object? sender, LoggingEventArgs message)
    {
        if (message.Kind == ChannelMessageKind.Warning && _said.Add(message.RawMessage))
        {
            Say($"warning: {message.RawMessage}");
        }
    }

    /// <summary>Says a line, beside the bar if there is one.</summary>
    public void Say(string line)
    {
        if (_console is { } console)
        {
            console.WriteLine($"vae: {line}");
        }
        else
        {
            streams.Error.WriteLine($"vae: {line}");
        }
    }

    public void Dispose() => streams.Error.Flush();

    private static string Validation(VaeProgress value) => value.ValidationElbo is { } elbo ? string.Create(CultureInfo.InvariantCulture, $", validation {elbo:F2}") : "";

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
