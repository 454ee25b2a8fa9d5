namespace Vae.MLNet.Tool;

/// <summary>What the tool reads from and writes to: those of the process, or of a test.</summary>
/// <param name="Input">Rows, if no file is named.</param>
/// <param name="Output">Data, and nothing else.</param>
/// <param name="Error">Messages and progress.</param>
internal sealed record ToolStreams(Stream Input, Stream Output, TextWriter Error)
{
    /// <summary>Whether somebody looks at <see cref="Error"/>: progress is a bar then, and lines elsewhere.</summary>
    public bool IsErrorTerminal { get; init; }
}
