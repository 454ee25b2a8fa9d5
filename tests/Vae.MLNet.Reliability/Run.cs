namespace Vae.MLNet.Reliability;

/// <summary>One thing that is tried many times, through the public API as a user would.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Description">A line of help.</param>
/// <param name="Try">Does it; gives one outcome per kind of fault or input.</param>
internal sealed record Run(string Name, string Description, Func<Effort, IEnumerable<Outcome>> Try)
{
    /// <summary>All there are, in the order of the table.</summary>
    public static IReadOnlyList<Run> All { get; } =
    [
        ModelFiles.FileFuzz.Run,
        ModelFiles.ReleasedFormats.Run,
        Properties.PropertyRun.Run,
        Load.ThreadsRun.Run,
        Load.ScalarsRun.Run,
        Load.FitsRun.Run,
        Load.PhasesRun.Run,
        Faults.SourceRun.Run,
        Faults.CancellationRun.Run,
        Load.DisposeRun.Run,
        Faults.DivergenceRun.Run,
        Faults.MemoryRun.Run,
        Faults.DiskRun.Run,
        Faults.KillRun.Run,
        Numbers.NumberRun.Run,
        Platform.PlatformRun.Run,
    ];
}

/// <summary>How much is tried.</summary>
/// <param name="IsShort">As much as a test of every build can afford.</param>
/// <param name="Seed">Of everything random; a violation says what repeats it.</param>
internal sealed record Effort(bool IsShort, int Seed)
{
    public int Of(int few, int many) => IsShort ? few : many;
}

/// <summary>What came of one kind of fault or input.</summary>
/// <param name="Kind">Of fault or input.</param>
/// <param name="Tried">How many.</param>
/// <param name="Result">What happened, with numbers.</param>
/// <param name="Violations">Promises that were not kept; each says what was done and what happened. None is what is wanted.</param>
internal sealed record Outcome(string Kind, long Tried, string Result, IReadOnlyList<string> Violations);
