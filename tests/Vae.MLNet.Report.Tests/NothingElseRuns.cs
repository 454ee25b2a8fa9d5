namespace Vae.MLNet.Report.Tests;

/// <summary>For tests that change what the whole process has.</summary>
[CollectionDefinition(nameof(NothingElseRuns), DisableParallelization = true)]
public sealed class NothingElseRuns;
