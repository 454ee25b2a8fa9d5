namespace Vae.MLNet.Tool;

/// <summary>What the process says at its end; listed in <c>vae --help</c> and docs/tool.md.</summary>
internal enum ExitCode
{
    /// <summary>Done; also if the reader of the output went away before its end.</summary>
    Done = 0,

    /// <summary>Failed for another reason, such as training that diverged.</summary>
    Failed = 1,

    /// <summary>The command line is wrong, or settings contradict each other.</summary>
    Usage = 2,

    /// <summary>Data or a model cannot be read, or is not what it should be.</summary>
    Input = 3,

    /// <summary>Something cannot be written.</summary>
    Output = 4,

    /// <summary>Cancelled by Ctrl-C (SIGINT), as shells number it.</summary>
    Cancelled = 130,

    /// <summary>Cancelled by SIGTERM, as shells number it.</summary>
    Terminated = 143,
}
