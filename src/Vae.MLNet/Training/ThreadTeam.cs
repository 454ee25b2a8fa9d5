using System.Runtime.ExceptionServices;
using TorchSharp;

namespace Vae.MLNet.Training;

/// <summary>
/// Threads that work on one thing together, each with as many of libtorch's threads as it is given. Of their own, so that no other thread's settings change: libtorch keeps the number of threads per
/// calling thread. Members wait for each other, so that a team has its threads to itself.
/// <para>
/// What orders memory: <see cref="Run"/> and the members pass the gate before and after the work, which orders <c>_work</c>, <c>_failures</c> and all that the caller and the members share across it; within
/// the work the meeting orders what members share with each other. Nothing else does: a member that writes what another one reads needs a <see cref="Meet"/> in between, and another one before it
/// writes there again.
/// </para>
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    private readonly Barrier _gate;
    private readonly Barrier _meeting;
    private readonly Thread[] _threads;
    private readonly Exception?[] _failures;
    private readonly CancellationTokenSource _failed = new();
    private Action<int>? _work;

    /// <param name="size">Threads of the team.</param>
    /// <param name="computeThreads">Threads that libtorch computes with on each.</param>
    public ThreadTeam(int size, int computeThreads)
    {
        ComputeThreads = computeThreads;
        _gate = new Barrier(size + 1);
        _meeting = new Barrier(size);
        _failures = new Exception?[size];
        _threads = [.. Enumerable.Range(0, size).Select(member => new Thread(() => Serve(member)) { IsBackground = true, Name = $"{nameof(Vae)} training {member}" })];
        int started = 0;
        try
        {
            for (; started < size; started++)
            {
                _threads[started].Start();
            }
        }
        catch
        {
            // The system has no more of them: those that are there end.
            _gate.RemoveParticipants(size - started);
            _gate.SignalAndWait();
            _gate.SignalAndWait();
            throw;
        }
        _gate.SignalAndWait();
        // Threads that come to libtorch later take over what was set last.
        torch.set_num_threads(torch.get_num_threads());
    }

    /// <summary>Threads of the team.</summary>
    public int Size => _threads.Length;

    /// <summary>Threads that libtorch computes with on each.</summary>
    public int ComputeThreads { get; }

    /// <summary>Lets every member do the work, and waits for it. Of several failures, that of the first member is thrown; the team is of no more use then.</summary>
    /// <param name="work">Given the member's number.</param>
    public void Run(Action<int> work)
    {
        _work = work;
        _gate.SignalAndWait();
        _gate.SignalAndWait();
        if (Array.Find(_failures, failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Called by a member before and after each meeting. Null but in tests, which let other threads go first there.</summary>
    public static Action? Interruption { get; set; }

    /// <summary>Within the work: goes on when all members are here. What any of them has written before, all can read after it.</summary>
    public void Meet()
    {
        Interruption?.Invoke();
        _meeting.SignalAndWait(_failed.Token);
        Interruption?.Invoke();
    }

    public void Dispose()
    {
        _work = null;
        _gate.SignalAndWait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
        _gate.Dispose();
        _meeting.Dispose();
        _failed.Dispose();
    }

    private void Serve(int member)
    {
        Networks.ComputeThreads.Keep(ComputeThreads);
        _gate.SignalAndWait();
        while (true)
        {
            _gate.SignalAndWait();
            if (_work is not { } work)
            {
                return;
            }
            try
            {
                work(member);
            }
            catch (OperationCanceledException left) when (left.CancellationToken == _failed.Token)
            {
                // Another member has failed, and says why.
            }
            catch (Exception failure)
            {
                _failures[member] = failure;
                _failed.Cancel();
            }
            _gate.SignalAndWait();
        }
    }
}
