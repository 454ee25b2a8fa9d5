namespace Vae.MLNet.Tool;

/// <summary>An error that is told in one line.</summary>
internal sealed class ToolException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode Code { get; } = code;
}

/// <summary>The reader of the output went away: there is nobody left to write for.</summary>
internal sealed class ClosedPipeException(Exception inner) : Exception("The reader of the output is gone.", inner);
