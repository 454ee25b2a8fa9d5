using System.Globalization;
using Microsoft.ML;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>A source of rows that throws at any question: its own exception comes out, nothing is left behind, and what comes later is right.</summary>
internal static class SourceRun
{
    public static Run Run { get; } = new("sources", "A source of rows throws at its k-th cursor, row, value or id, while training, transforming, evaluating, sampling.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Work.Options(options => (options.DrawColumnName, options.ScoreColumnName) = ("Drawn", "Score"))).Fit(Work.Rows(ml, 300, 1));
        foreach (Work work in Work.Fits.Concat(Work.UsesOf(model)))
        {
            yield return TryWork(ml, work, effort);
        }
    }

    private static Outcome TryWork(MLContext ml, Work work, Effort effort)
    {
        var asked = new long[Enum.GetValues<Touch>().Length];
        string expected = work.Do(ml, Counted(asked), _ => { });
        var random = new Random(effort.Seed);
        List<string> violations = [];
        int tried = 0;
        foreach (Touch touch in Enum.GetValues<Touch>())
        {
            long[] places = [.. Places(random, asked[(int)touch], effort.Of(3, 150))];
            foreach (long place in places)
            {
                string what = string.Create(CultureInfo.InvariantCulture, $"{work.Name}, {touch} {place} of {asked[(int)touch]} throws");
                var failure = new IOException(what);
                bool hasThrown = false;
                using var tensors = TensorWatch.Start();
                Exception? error = Error(() => Watchdog.Run(what, () => work.Do(ml, Failing(touch, place, () =>
                {
                    hasThrown = true;
                    throw failure;
                }), _ => { })));
                tried++;
                if (hasThrown && !ReferenceEquals(error, failure))
                {
                    violations.Add($"{what}: what came out is {error?.ToString() ?? "no error"}");
                }
                if (tensors.Left() is > 0 and var left)
                {
                    violations.Add($"{what}: {left} tensors are left");
                }
            }
        }
        if (work.Do(ml, view => view, _ => { }) is var after && after != expected)
        {
            violations.Add($"{work.Name}: after failures it gives other bits");
        }
        return new Outcome($"{work.Name}: the source throws", tried, "its own exception each time, no tensor left, the next one gives the same bits", violations);
    }

    /// <summary>The first, the last, and some between.</summary>
    public static IEnumerable<long> Places(Random random, long count, int most) =>
        new[] { 1, count }.Concat(Enumerable.Range(0, most - 2).Select(_ => random.NextInt64(1, count + 1))).Where(place => place <= count && count > 0).Distinct();

    /// <summary>Counts what is asked, by <see cref="Touch"/>.</summary>
    public static Func<IDataView, IDataView> Counted(long[] asked) => view => new WatchedView(view, touch => Interlocked.Increment(ref asked[(int)touch]));

    /// <summary>Does something at the k-th question of a kind.</summary>
    public static Func<IDataView, IDataView> Failing(Touch touch, long place, Action act)
    {
        long count = 0;
        return view => new WatchedView(view, asked =>
        {
            if (asked == touch && Interlocked.Increment(ref count) == place)
            {
                act();
            }
        });
    }

    private static Exception? Error(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
