using System.Globalization;
using Spectre.Console;

namespace Vae.MLNet.Samples;

/// <summary>Shows training as it goes: a progress bar on a terminal, lines elsewhere.</summary>
public static class TrainingDisplay
{
    private const int LinesPerTraining = 6;

    /// <summary>Runs <paramref name="fit"/> with a display of its progress.</summary>
    /// <param name="numberOfEpochs">How many epochs it will train.</param>
    /// <param name="fit">Trains, and reports to what it is given.</param>
    public static T Run<T>(int numberOfEpochs, Func<IProgress<VaeProgress>, T> fit)
    {
        if (Console.IsOutputRedirected)
        {
            int step = Math.Max(1, numberOfEpochs / LinesPerTraining);
            return fit(new Reporter(progress =>
            {
                if (progress.Epoch == 1 || progress.Epoch % step == 0 || progress.Epoch == numberOfEpochs)
                {
                    Console.WriteLine($"{Describe(progress)}, {progress.RowsPerSecond:F0} rows/s");
                }
            }));
        }

        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("Training", maxValue: numberOfEpochs);
                return fit(new Reporter(progress =>
                {
                    task.Value = progress.Epoch;
                    task.Description = Describe(progress);
                }));
            });
    }

    private static string Describe(VaeProgress progress) =>
        string.Create(CultureInfo.InvariantCulture, $"Epoch {progress.Epoch,3}/{progress.NumberOfEpochs}: ELBO {progress.Elbo:F1} nats");

    // System.Progress hands reports to other threads, where they may come late or out of order.
    private sealed class Reporter(Action<VaeProgress> report) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value) => report(value);
    }
}
