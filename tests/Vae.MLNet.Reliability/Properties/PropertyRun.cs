namespace Vae.MLNet.Reliability.Properties;

/// <summary>What holds for every table, model and way of reading, by random cases.</summary>
internal static class PropertyRun
{
    public static Run Run { get; } = new("properties", "random tables, models and ways of reading: what holds for all of them", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        Property[] properties = [new CursorProperty(), new NeighbourProperty(), new ImputationProperty(), new SampleProperty(), new FileProperty()];
        return properties.Select(property => property.Check(effort.Of(25, 1000), effort.Seed));
    }
}
