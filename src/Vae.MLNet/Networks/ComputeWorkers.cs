using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// A thread for each of the process's cores, on which libtorch computes with one thread. Rows are independent of each other: parts of a block, each on a thread of its own, wait for each other once and
/// not in every operator, and small operators are shared out, too. How many threads libtorch uses belongs to a thread, and to change it costs milliseconds: so these are our own.
/// </summary>
internal static class ComputeWorkers
{
    private static readonly Lazy<BlockingCollection<(Job Job, int Part)>> s_queue = new(Start);

    /// <summary>Begins with some work, after what has been begun before.</summary>
    /// <param name="parts">Its parts.</param>
    /// <param name="work">Given the number of a part; for several threads at a time. Waits for nobody.</param>
    public static Job Begin(int parts, Action<int> work)
    {
        var job = new Job(work, parts);
        for (int part = 0; part < parts; part++)
        {
            if (ComputeThreads.IsHeldHere)
            {
                // Own networks may ask another model, in the midst of a step: the workers would wait for the cores that this thread has.
                job.Do(part);
            }
            else
            {
                s_queue.Value.Add((job, part));
            }
        }
        return job;
    }

    private static BlockingCollection<(Job, int)> Start()
    {
        var queue = new BlockingCollection<(Job Job, int Part)>();
        using var started = new CountdownEvent(ComputeThreads.Total);
        for (int i = 0; i < ComputeThreads.Total; i++)
        {
            new Thread(() =>
            {
                ComputeThreads.Keep(1);
                started.Signal();
                foreach ((Job job, int part) in queue.GetConsumingEnumerable())
                {
                    job.Do(part);
                }
            })
            {
                IsBackground = true,
                Name = nameof(ComputeWorkers),
            }.Start();
        }
        started.Wait();
        // Threads that come to libtorch later take over what was set last.
        set_num_threads(get_num_threads());
        return queue;
    }

    /// <summary>Work in parts that has begun.</summary>
    internal sealed class Job(Action<int> work, int parts)
    {
        private readonly Exception?[] _errors = new Exception?[parts];
        private int _left = parts;

        /// <summary>Waits for all parts.</summary>
        public void Wait()
        {
            lock (_errors)
            {
                while (_left > 0)
                {
                    Monitor.Wait(_errors);
                }
            }
        }

        /// <summary>Waits for all parts; throws what one of them has thrown.</summary>
        public void Finish()
        {
            Wait();
            if (Array.Find(_errors, error => error is not null) is { } first)
            {
                ExceptionDispatchInfo.Throw(first);
            }
        }

        internal void Do(int part)
        {
            try
            {
                using ComputeThreads.Lease core = ComputeThreads.Use(1);
                work(part);
            }
            catch (Exception error)
            {
                _errors[part] = error;
            }
            lock (_errors)
            {
                _left--;
                Monitor.PulseAll(_errors);
            }
        }
    }
}
