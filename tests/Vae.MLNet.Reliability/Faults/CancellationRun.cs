using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>A training that is cancelled at any moment stops soon, says so, and leaves nothing; a checkpoint is one to go on from.</summary>
internal static class CancellationRun
{
    // Questions to the source, some for each row: in a first pass nobody looks before a thousand rows have been read.
    private const long MostAfter = 5000;

    public static Run Run { get; } = new("cancellation", "Trainings are cancelled at the k-th question to their source and in the k-th report, by a token and by MLContext.CancelExecution.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var random = new Random(effort.Seed);
        foreach (Work work in Work.Fits)
        {
            yield return TryWork(work, random, effort);
        }
        yield return TryCheckpoints(random, effort);
    }

    private static Outcome TryWork(Work work, Random random, Effort effort)
    {
        var ml = new MLContext(seed: 1);
        var asked = new long[Enum.GetValues<Touch>().Length];
        string expected = work.Do(ml, SourceRun.Counted(asked), _ => { });
        List<string> violations = [];
        int tried = 0;
        int stopped = 0;
        foreach (Touch touch in Enum.GetValues<Touch>())
        {
            foreach (long place in SourceRun.Places(random, asked[(int)touch], effort.Of(3, 150)))
            {
                Cancel(string.Create(CultureInfo.InvariantCulture, $"{work.Name}, cancelled at {touch} {place} of {asked[(int)touch]}"), touch, place, byContext: tried % 2 == 1);
            }
        }
        for (int epoch = 1; epoch <= Work.Epochs; epoch++)
        {
            Cancel(string.Create(CultureInfo.InvariantCulture, $"{work.Name}, cancelled in report {epoch}"), null, epoch, byContext: epoch % 2 == 1);
        }
        Cancel($"{work.Name}, cancelled before it begins", null, 0, byContext: false);
        if (work.Do(ml, view => view, _ => { }) != expected)
        {
            violations.Add($"{work.Name}: afterwards it gives other bits");
        }
        return new Outcome($"{work.Name}: cancelled", tried, $"OperationCanceledException {stopped} times, else (in the last moments) the finished model; no tensor left, the next one gives the same bits", violations);

        void Cancel(string what, Touch? touch, long place, bool byContext)
        {
            using var source = new CancellationTokenSource();
            var context = new MLContext(seed: 1);
            long after = 0;
            bool isCancelled = false;
            void Act()
            {
                isCancelled = true;
                if (byContext)
                {
                    CancelExecution(context);
                }
                else
                {
                    source.Cancel();
                }
            }

            if (touch is null && place == 0)
            {
                Act();
            }
            Func<IDataView, IDataView> failing = touch is { } which ? SourceRun.Failing(which, place, Act) : view => view;
            Func<IDataView, IDataView> watch = view => new WatchedView(failing(view), _ => Interlocked.Add(ref after, isCancelled ? 1 : 0));
            using var tensors = TensorWatch.Start();
            tried++;
            try
            {
                string bits = Watchdog.Run(what, () => work.Do(context, watch, options =>
                {
                    options.CancellationToken = source.Token;
                    options.Progress = new Told(epoch =>
                    {
                        if (touch is null && epoch.Epoch == place)
                        {
                            Act();
                        }
                    });
                }));
                if (bits != expected)
                {
                    violations.Add($"{what}: it went on to other bits");
                }
                if (touch is null ? place < Work.Epochs : touch == Touch.Row && place <= asked[(int)Touch.Row] / 2)
                {
                    violations.Add($"{what}: it went on to the end");
                }
            }
            catch (OperationCanceledException)
            {
                stopped++;
            }
            catch (Exception error)
            {
                violations.Add($"{what}: {error}");
            }
            if (after > MostAfter)
            {
                violations.Add($"{what}: {after} questions to the source came later");
            }
            if (tensors.Left() is > 0 and var count)
            {
                violations.Add($"{what}: {count} tensors are left");
            }
        }
    }

    // In the folder there is the checkpoint of the last finished epoch or nothing, and training goes on from it to the same bits.
    private static Outcome TryCheckpoints(Random random, Effort effort)
    {
        Work work = Work.Fits[2];
        var ml = new MLContext(seed: 1);
        var asked = new long[Enum.GetValues<Touch>().Length];
        string expected = work.Do(ml, SourceRun.Counted(asked), _ => { });
        List<string> violations = [];
        int tries = effort.Of(3, 200);
        for (int i = 0; i < tries; i++)
        {
            string folder = Directory.CreateTempSubdirectory("vae cancelled ").FullName;
            int epochToStop = random.Next(1, Work.Epochs + 1);
            string what = string.Create(CultureInfo.InvariantCulture, $"With checkpoints, cancelled in report {epochToStop}");
            try
            {
                using var source = new CancellationTokenSource();
                void Change(VaeEstimator.Options options)
                {
                    options.CheckpointFolder = folder;
                    options.Progress = new Told(epoch =>
                    {
                        if (epoch.Epoch == epochToStop)
                        {
                            source.Cancel();
                        }
                    });
                    options.CancellationToken = source.Token;
                }

                try
                {
                    work.Do(ml, view => view, Change);
                }
                catch (OperationCanceledException)
                {
                }
                string[] left = [.. Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>()];
                if (left is not ["checkpoint.safetensors"])
                {
                    violations.Add($"{what}: in the folder are {string.Join(", ", left)}");
                }
                if (work.Do(ml, view => view, options => options.CheckpointFolder = folder) != expected)
                {
                    violations.Add($"{what}: it goes on to other bits");
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        return new Outcome("Fit with checkpoints: cancelled, and fitted again", tries, "goes on from the checkpoint to the bits of an uninterrupted training", violations);
    }

    // Not public; programs get at it in the same way.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "CancelExecution")]
    private static extern void CancelExecution(MLContext context);

    private sealed class Told(Action<VaeProgress> tell) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value) => tell(value);
    }
}
