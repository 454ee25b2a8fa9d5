using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Vae.MLNet.Training;

/// <summary>Reads a source once, in a thread of its own and some batches ahead, and shuffles the rows in a pool: each row goes out in exchange for one that comes in.</summary>
internal sealed class RowStream : IDisposable
{
    // One is being filled, one waits, and one is worked on.
    private const int Buffers = 3;

    // A source may take long for its next row.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    private readonly RowSource _source;
    private readonly RowBuffer _pool;
    private readonly Random? _order;
    private readonly Action _checkAlive;
    private readonly BlockingCollection<RowBuffer> _free = [];
    private readonly BlockingCollection<RowBuffer> _full = [];
    private RowBuffer? _taken;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private Exception? _failure;

    /// <param name="source">The rows.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="poolSize">Rows of the pool.</param>
    /// <param name="order">Shuffles; null leaves the order as it is.</param>
    /// <param name="checkAlive">Throws when nobody is to wait for rows any longer.</param>
    public RowStream(RowSource source, int batchSize, int poolSize, Random? order, Action checkAlive)
    {
        (_source, _order, _checkAlive) = (source, order, checkAlive);
        // The row that comes in has a place of its own.
        _pool = new RowBuffer(source, order is null ? 1 : poolSize + 1);
        for (int i = 0; i < Buffers; i++)
        {
            _free.Add(new RowBuffer(source, batchSize));
        }
        _thread = new Thread(Fill) { IsBackground = true, Name = $"{nameof(Vae)} rows" };
        _thread.Start();
    }

    /// <summary>The next batch, good until the one after it is asked for; null after the last one.</summary>
    /// <exception cref="Exception">What reading has failed with.</exception>
    public RowBuffer? Take()
    {
        if (_taken is not null)
        {
            _free.Add(_taken);
            _taken = null;
        }
        while (!_full.IsCompleted)
        {
            if (_full.TryTake(out RowBuffer? batch, s_patience))
            {
                _taken = batch;
                return batch;
            }
            _checkAlive();
        }
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
        return null;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _free.Dispose();
        _full.Dispose();
        _stop.Dispose();
    }

    private void Fill()
    {
        try
        {
            using RowPass pass = _source.Open(_order);
            RowBuffer batch = NextFree();
            foreach (int row in Shuffled(pass))
            {
                batch.Add(_pool, row);
                if (batch.Count == batch.Capacity)
                {
                    _full.Add(batch);
                    batch = NextFree();
                }
            }
            if (batch.Count > 0)
            {
                _full.Add(batch);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
        _full.CompleteAdding();
    }

    private RowBuffer NextFree()
    {
        RowBuffer batch = _free.Take(_stop.Token);
        batch.Count = 0;
        return batch;
    }

    // Places in the pool, in the order in which their rows go out.
    private IEnumerable<int> Shuffled(RowPass pass)
    {
        int free = 0;
        while (pass.MoveNext())
        {
            _stop.Token.ThrowIfCancellationRequested();
            _pool.Read(pass, free);
            if (_pool.Count < _pool.Capacity - 1)
            {
                free = ++_pool.Count;
                continue;
            }
            free = _order?.Next(_pool.Capacity) ?? 0;
            yield return free;
        }
        int[] rest = [.. Enumerable.Range(0, _pool.Count + 1).Where(row => row != free)];
        _order?.Shuffle(rest);
        foreach (int row in rest)
        {
            yield return row;
        }
    }
}
