using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// The process's cores, lent to those who compute: each takes as many as its matrix products run on and gives them back, so that several models, fits and cursors at a time do not get into
/// each other's way. A lease is held while computing only, never while waiting for rows: their source may be a model that computes, too.
/// </summary>
internal static class ComputeThreads
{
    private static readonly object s_gate = new();
    private static readonly LinkedList<int> s_queue = new();
    private static readonly HashSet<int> s_lent = [];
    private static int s_taken;

    [ThreadStatic]
    private static bool t_isKnown;

    [ThreadStatic]
    private static bool t_holds;

    /// <summary>The process's cores: as many as libtorch was to use at first.</summary>
    public static int Total { get; } = get_num_threads();

    /// <summary>Whether this thread has a lease: it must not wait for others that want one.</summary>
    public static bool IsHeldHere => t_holds;

    /// <summary>Waits, in the order of asking, until so many cores are free; until the lease is disposed, libtorch computes on as many in this thread. How many never depends on others, so that results do not either.</summary>
    /// <param name="count">How many; all if there are fewer.</param>
    public static Lease Use(int count)
    {
        count = Math.Clamp(count, 1, Total);
        int taken = Take(count);
        int before = ThreadsBefore(count);
        if (get_num_threads() != count)
        {
            set_num_threads(count);
        }
        return new Lease(taken, count, before);
    }

    /// <summary>The same for several threads that <see cref="Keep"/> their numbers: their sum.</summary>
    public static Lease Reserve(int count) => new(Take(Math.Clamp(count, 1, Total)), 0, 0);

    /// <summary>For a thread of our own: libtorch computes on so many in it from now on, and leases of as many find it so.</summary>
    public static void Keep(int count)
    {
        lock (s_gate)
        {
            s_lent.Add(count);
            // libtorch gives a thread its number when it is first asked for, and would forget one that was set before.
            _ = get_num_threads();
            set_num_threads(count);
        }
        t_isKnown = true;
    }

    private static int Take(int count)
    {
        if (t_holds)
        {
            // It computes on what it holds: if it waited for more, it might wait for itself.
            return 0;
        }
        lock (s_gate)
        {
            if (s_queue.Count > 0 || s_taken + count > Total)
            {
                LinkedListNode<int> place = s_queue.AddLast(count);
                try
                {
                    while (s_queue.First != place || s_taken + count > Total)
                    {
                        Monitor.Wait(s_gate);
                    }
                }
                finally
                {
                    s_queue.Remove(place);
                    Monitor.PulseAll(s_gate);
                }
            }
            s_taken += count;
        }
        t_holds = true;
        return count;
    }

    // What this thread is to go back to. libtorch gives a thread that is new to it what any thread has set last, which may be what was lent to that one.
    private static int ThreadsBefore(int count)
    {
        int before = get_num_threads();
        if (t_isKnown && before == count)
        {
            return before;
        }
        lock (s_gate)
        {
            before = !t_isKnown && s_lent.Contains(before) ? Total : before;
            if (before != count)
            {
                s_lent.Add(count);
            }
        }
        t_isKnown = true;
        return before;
    }

    private static void GiveBack(int count)
    {
        if (count == 0)
        {
            return;
        }
        t_holds = false;
        lock (s_gate)
        {
            s_taken -= count;
            Monitor.PulseAll(s_gate);
        }
    }

    /// <summary>Cores in use by this thread.</summary>
    public readonly ref struct Lease(int taken, int count, int before)
    {
        public void Dispose()
        {
            if (before != count)
            {
                set_num_threads(before);
            }
            GiveBack(taken);
        }
    }
}
