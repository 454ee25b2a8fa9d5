namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>A row to show.</summary>
/// <param name="Latent">What it was decoded from.</param>
/// <param name="Label">What a conditional model was told.</param>
/// <param name="Pixels">Of an image; null of a table's row.</param>
/// <param name="Values">Of a table's row, null for what is missing; null of an image.</param>
/// <param name="Milliseconds">That the decoder took; null if it was not asked.</param>
internal sealed record RowAnswer(float[] Latent, string? Label, byte[]? Pixels, float?[]? Values, double? Milliseconds)
{
    public static RowAnswer Of(Explorer explorer, float[] latent, ReadOnlySpan<float> row, string? label, double? milliseconds) => explorer.Pictures is { } pictures
        ? new RowAnswer(latent, label, pictures.Pixels(row), null, milliseconds)
        : new RowAnswer(latent, label, null, [.. row.ToArray().Select(value => float.IsFinite(value) ? value : (float?)null)], milliseconds);
}

/// <summary>A row of the data.</summary>
/// <param name="Decoded">As the decoder gives it back.</param>
/// <param name="Original">As it is.</param>
internal sealed record RowPairAnswer(RowAnswer Decoded, RowAnswer Original);

/// <summary>The way from one latent to another.</summary>
/// <param name="Steps">In order.</param>
internal sealed record PathAnswer(IReadOnlyList<RowAnswer> Steps);

/// <summary>A field of a table's row, and how far its numbers go.</summary>
internal sealed record FieldAnswer(string Name, string Kind, IReadOnlyList<string> Categories, float From, float To);

/// <summary>What the page has to know before anything is decoded.</summary>
internal sealed record ModelAnswer(
    string Title,
    int LatentDimension,
    ImageSize? Image,
    IReadOnlyList<FieldAnswer> Fields,
    IReadOnlyList<LatentDimension> Dimensions,
    IReadOnlyList<MapPlane> Planes,
    string? LabelColumn,
    IReadOnlyList<string>? Labels,
    bool RowsAreDrawn,
    string DrawsFrom,
    int RowCount,
    float[] Latents,
    IReadOnlyList<string>? Conditions,
    RowGroups? Groups)
{
    // Of a number's bar, this part of the rows is outside at each end.
    private const double Far = 0.01;

    private const int Decimals = 4;

    public static ModelAnswer Of(Explorer explorer) => new(
        explorer.Title,
        explorer.Vae.LatentDimension,
        explorer.Pictures?.Size,
        explorer.Pictures is null ? FieldsOf(explorer) : [],
        explorer.Dimensions,
        explorer.Planes,
        explorer.Vae.LabelColumnName,
        explorer.Labels,
        explorer.AreDrawn,
        explorer.DrawsFrom,
        explorer.Rows.Count,
        [.. explorer.Rows.Latents.Select(value => MathF.Round(value, Decimals))],
        explorer.Rows.Conditions,
        explorer.Groups);

    private static List<FieldAnswer> FieldsOf(Explorer explorer)
    {
        var fields = new List<FieldAnswer>();
        int first = 0;
        foreach (RowField field in explorer.Layout.Fields)
        {
            float[] sorted = [.. Enumerable.Range(0, explorer.Rows.Count).Select(row => explorer.Rows.ValuesOf(row)[first]).Where(float.IsFinite).Order()];
            int far = (int)(Far * sorted.Length);
            (float from, float to) = sorted.Length == 0 ? (0, 1) : (sorted[far], sorted[^(far + 1)]);
            fields.Add(new FieldAnswer(field.Name, field.Categories.Count > 0 ? "category" : field.IsFlag ? "flag" : "number", field.Categories, from, to > from ? to : from + 1));
            first += field.Width;
        }
        return fields;
    }
}
