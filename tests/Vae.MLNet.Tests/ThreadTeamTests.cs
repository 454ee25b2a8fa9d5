using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Networks;
using Vae.MLNet.Persistence;
using Vae.MLNet.Training;

namespace Vae.MLNet.Tests;

/// <summary>The threads of a training are its own. Looks at libtorch's number of threads, which is of the whole process.</summary>
[Collection(nameof(ComputeThreadsTests))]
public sealed class ThreadTeamTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_member_that_fails_ends_the_others(int failing)
    {
        var failure = new FormatException("No more.");
        int ended = 0;
        int met = 0;
        using var team = new ThreadTeam(3, 1);
        Exception? error = Record.Exception(() => team.Run(member =>
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    team.Meet();
                    Interlocked.Increment(ref met);
                    if (member == failing && i == 4)
                    {
                        throw failure;
                    }
                }
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }));
        Assert.Same(failure, error);
        Assert.Equal(3, ended);
        Assert.InRange(met, 13, 15);
    }

    [Fact]
    public void A_team_works_again_and_again_on_threads_of_its_own()
    {
        using var team = new ThreadTeam(3, 1);
        var threads = new int[3];
        team.Run(member => threads[member] = Environment.CurrentManagedThreadId);
        Assert.Equal(3, threads.Distinct().Count());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        team.Run(member => Assert.Equal(threads[member], Environment.CurrentManagedThreadId));
        team.Run(_ => Assert.Equal(1, torch.get_num_threads()));
    }

    [Fact]
    public void Nobody_elses_number_of_threads_changes()
    {
        // A new thread has what any thread has set last, which tests before this one may have been.
        torch.set_num_threads(ComputeThreads.Total);
        int mine = torch.get_num_threads();
        Assert.Equal(ComputeThreads.Total, mine);
        Assert.Equal(mine, OfNewThread());
        foreach (int threads in new[] { 1, 2, 3 })
        {
            var during = new List<int>();
            var epochs = new Epochs(_ => during.AddRange([torch.get_num_threads(), OfNewThread()]));
            int rows = 0;
            var view = new ObservedView(Rows(600), () =>
            {
                if (++rows % 100 == 0)
                {
                    lock (during)
                    {
                        during.Add(OfNewThread());
                    }
                }
            });
            Fit(view, options => (options.NumberOfThreads, options.CacheRows, options.Progress) = (threads, VaeRowCache.Never, epochs)).Dispose();
            Assert.All(during, count => Assert.Equal(mine, count));
            Assert.Equal(mine, torch.get_num_threads());
            Assert.Equal(mine, OfNewThread());
        }
    }

    [Fact]
    public void A_callers_own_number_of_threads_stays() => OnNewThread(() =>
    {
        torch.set_num_threads(1);
        try
        {
            Fit(Rows(300), options => options.NumberOfThreads = 2).Dispose();
            Assert.Equal(1, torch.get_num_threads());
        }
        finally
        {
            torch.set_num_threads(ComputeThreads.Total);
        }
    });

    [Fact]
    public void Two_trainings_at_a_time_give_the_bits_that_each_gives_alone()
    {
        IDataView data = Rows(1000);
        Action<VaeEstimator.Options>[] settings =
        [
            options => options.NumberOfThreads = 1,
            options => options.NumberOfThreads = 2,
            options => (options.NumberOfThreads, options.CacheRows) = (3, VaeRowCache.Never),
            options => options.TrimmingRate = 0.1,
        ];
        string Trained(Action<VaeEstimator.Options> change)
        {
            using VaeTransformer model = Fit(data, change);
            return Weights(model);
        }

        string[] alone = [.. settings.Select(Trained)];
        Assert.Equal(settings.Length, alone.Distinct().Count());
        var together = new string[settings.Length];
        Thread[] threads = [.. settings.Select((change, index) => new Thread(() => together[index] = Trained(change)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(alone, together);
    }

    private IDataView Rows(int count) => _ml.Data.LoadFromEnumerable(WideRow.Make(count));

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options> change) => _ml.Transforms.VariationalAutoencoder(WideRow.Options(change)).Fit(data);

    private static string Weights(VaeTransformer model) => Convert.ToHexString(ModelPayload.Write(model).Weights);

    private static int OfNewThread()
    {
        int count = 0;
        OnNewThread(() => count = torch.get_num_threads());
        return count;
    }

    private static void OnNewThread(Action act)
    {
        var thread = new Thread(() => act());
        thread.Start();
        thread.Join();
    }
}
