using System.Runtime.ExceptionServices;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>Sees to it that what hangs is told of.</summary>
internal static class Watchdog
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    /// <summary>Does it on a thread of its own and throws what it throws; ends the process if it does not end.</summary>
    public static T Run<T>(string what, Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception thrown)
            {
                error = ExceptionDispatchInfo.Capture(thrown);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        if (!thread.Join(s_longest))
        {
            Environment.FailFast($"{what}: it hangs.");
        }
        error?.Throw();
        return result;
    }
}
