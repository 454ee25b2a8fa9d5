namespace Vae.MLNet.Benchmarks;

/// <summary>Lets all contenders measure once, then all once more, so that what else the machine does hits them alike.</summary>
internal static class RoundRobin
{
    /// <returns>The reports of each contender, round by round.</returns>
    public static IReadOnlyList<(Contender Contender, IReadOnlyList<Report> Reports)> Run(IReadOnlyList<Contender> contenders, int runs)
    {
        List<Report>[] reports = [.. contenders.Select(_ => new List<Report>())];
        for (int round = 0; round < runs; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                Console.Error.WriteLine($"round {round + 1} of {runs}: {contenders[i].Measurement}, {contenders[i].Name}");
                reports[i].Add(contenders[i].Measure());
            }
        }
        return [.. contenders.Zip(reports, (contender, list) => (contender, (IReadOnlyList<Report>)list))];
    }
}
