using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vae.MLNet.Tool;

/// <summary>The process: its streams and its signals.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        var code = ExitCode.Cancelled;
        void Cancel(PosixSignalContext context)
        {
            // The second time the process ends at once.
            context.Cancel = !cancellation.IsCancellationRequested;
            code = context.Signal == PosixSignal.SIGTERM ? ExitCode.Terminated : ExitCode.Cancelled;
            cancellation.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        var streams = new ToolStreams(Console.OpenStandardInput(), StandardOutput(), Console.Error) { IsErrorTerminal = !Console.IsErrorRedirected };
        ExitCode ended = VaeTool.Run(args, streams, cancellation.Token);
        return (int)(ended == ExitCode.Cancelled ? code : ended);
    }

    /// <summary>The console's stream says nothing of a pipe whose reader is gone; one on the handle does.</summary>
    private static Stream StandardOutput()
    {
        if (!OperatingSystem.IsWindows())
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A file that others write to as well is left to the console's stream, which keeps to the shared position.
            if (!stream.CanSeek)
            {
                return stream;
            }
        }
        return Console.OpenStandardOutput();
    }
}
