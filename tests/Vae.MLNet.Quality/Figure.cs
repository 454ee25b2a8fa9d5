namespace Vae.MLNet.Quality;

/// <summary>One quality that is measured on known data and promised, through the public API as a user would.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Description">A line of help.</param>
/// <param name="Data">The folder of ../shared/data that it reads; null if it makes its rows itself.</param>
/// <param name="Measure">Trains, measures and reports.</param>
internal sealed record Figure(string Name, string Description, string? Data, Action<Effort, Report> Measure)
{
    /// <summary>All figures in the order in which they are measured.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        Images.DefaultModel.Figure,
        Images.BetterSettings.Figure,
        Images.LabelledSamples.Figure,
        Images.SampledDigits.Figure,
        Images.FactorGaps.Figure,
        Adult.Reconstruction.Figure,
        Adult.SampledTable.Figure,
        Adult.TvaePeer.Figure,
        Anomalies.Detection.Figure,
        Anomalies.Imputation.Figure,
    ];

    /// <summary>Whether <c>all --short</c> leaves it out: it is worth nothing in a short form.</summary>
    public bool IsOnlyLong { get; init; }
}
