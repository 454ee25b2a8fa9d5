using TorchSharp;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Tests;

[Collection(nameof(ComputeThreadsTests))]
[CollectionDefinition(nameof(ComputeThreadsTests), DisableParallelization = true)]
public class ComputeThreadsTests
{
    [Fact]
    public void A_lease_sets_the_threads_of_its_own_thread_and_gives_them_back() => OnNewThread(() =>
    {
        using (ComputeThreads.Use(1))
        {
            Assert.Equal(1, torch.get_num_threads());
        }
        Assert.Equal(ComputeThreads.Total, torch.get_num_threads());

        torch.set_num_threads(1);
        using (ComputeThreads.Use(int.MaxValue))
        {
            Assert.Equal(ComputeThreads.Total, torch.get_num_threads());
        }
        Assert.Equal(1, torch.get_num_threads());
        torch.set_num_threads(ComputeThreads.Total);
    });

    [Fact]
    public void A_thread_that_is_new_to_libtorch_is_not_left_with_what_was_lent_to_another()
    {
        using (ComputeThreads.Use(1))
        {
            OnNewThread(() =>
            {
                // With one core there is none left for a second lease while the first is held.
                if (ComputeThreads.Total > 1)
                {
                    using (ComputeThreads.Use(1))
                    {
                        Assert.Equal(1, torch.get_num_threads());
                    }
                    Assert.Equal(ComputeThreads.Total, torch.get_num_threads());
                }
            });
        }
        Assert.Equal(ComputeThreads.Total, torch.get_num_threads());
        OnNewThread(() => Assert.Equal(ComputeThreads.Total, torch.get_num_threads()));
    }

    [Fact]
    public void A_thread_that_has_all_cores_may_ask_again() => OnNewThread(() =>
    {
        using ComputeThreads.Lease outer = ComputeThreads.Use(ComputeThreads.Total);
        using (ComputeThreads.Use(1))
        {
            Assert.Equal(1, torch.get_num_threads());
        }
        Assert.Equal(ComputeThreads.Total, torch.get_num_threads());
    });

    [Fact]
    public void A_thread_that_has_all_cores_does_not_wait_for_workers_that_want_one() => OnNewThread(() =>
    {
        using ComputeThreads.Lease all = ComputeThreads.Use(ComputeThreads.Total);
        int done = 0;
        ComputeWorkers.Begin(3, _ => Interlocked.Increment(ref done)).Finish();
        Assert.Equal(3, done);
    });

    [Fact]
    public void No_more_cores_are_lent_than_there_are()
    {
        int used = 0;
        int most = 0;
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(index => new Thread(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                int count = index % 2 == 0 ? 1 : ComputeThreads.Total;
                using ComputeThreads.Lease lease = ComputeThreads.Use(count);
                int now = Interlocked.Add(ref used, count);
                for (int seen = Volatile.Read(ref most); seen < now; seen = Volatile.Read(ref most))
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }
                Interlocked.Add(ref used, -count);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(ComputeThreads.Total, most);
    }

    [Fact]
    public void Who_wants_all_cores_is_not_passed_by_those_who_want_one()
    {
        using var started = new ManualResetEventSlim();
        bool stop = false;
        Thread[] narrow = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                using ComputeThreads.Lease lease = ComputeThreads.Use(1);
                started.Set();
                Thread.Sleep(1);
            }
        }))];
        Array.ForEach(narrow, thread => thread.Start());
        started.Wait();
        for (int i = 0; i < 20; i++)
        {
            using ComputeThreads.Lease lease = ComputeThreads.Use(ComputeThreads.Total);
        }
        Volatile.Write(ref stop, true);
        Array.ForEach(narrow, thread => thread.Join());
    }

    private static void OnNewThread(Action act)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                act();
            }
            catch (Exception caught)
            {
                error = caught;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(error);
    }
}
