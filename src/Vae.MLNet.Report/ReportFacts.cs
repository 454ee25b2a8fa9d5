using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Report.Rows;

namespace Vae.MLNet.Report;

/// <summary>All that the sections of a report are made of.</summary>
/// <param name="Ml">The context.</param>
/// <param name="Vae">The model.</param>
/// <param name="Options">The settings.</param>
/// <param name="Rows">The rows as the model reads them.</param>
/// <param name="Metrics">How well it explains them.</param>
/// <param name="Latents">What it says of each.</param>
/// <param name="Spreads">Of each input column.</param>
/// <param name="Groups">The rows by their label; null without one.</param>
/// <param name="Image">How the input is an image; null if it is none.</param>
internal sealed record ReportFacts(
    MLContext Ml, VaeTransformer Vae, VaeReportOptions Options, KeptRows Rows, VaeMetrics Metrics, LatentRows Latents, IReadOnlyList<ColumnSpread> Spreads, RowGroups? Groups, ImageInput? Image)
{
    /// <summary>Of all draws.</summary>
    public int Seed => Options.Seed ?? Vae.Model.Seed;

    public bool IsAutoencoder => Vae.Model.Architecture.IsDeterministic;

    public RowLayout Layout => Vae.Model.Layout;

    /// <summary>The columns of <see cref="Rows"/> that a table shows: the label, if there is one that is no input, and the inputs.</summary>
    public ShownColumns Columns => new(Rows.Schema);

    /// <summary>The latent dimensions, those first that say most of a row.</summary>
    public IReadOnlyList<int> Dimensions => [.. Enumerable.Range(0, Vae.LatentDimension).OrderByDescending(dimension => Metrics.KlPerDimension[dimension]).ThenByDescending(Latents.VarianceOf)];

    /// <summary>What a score of the model is.</summary>
    public string ScoreName => Vae.Model.ScoreDraws == 1 ? IsAutoencoder ? "negative log-likelihood" : "negative ELBO" : "negative importance-weighted bound";

    /// <param name="ml">The context.</param>
    /// <param name="vae">The model.</param>
    /// <param name="input">Rows as it reads them.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">The image shape does not fit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of a type that fits.</exception>
    /// <exception cref="InvalidOperationException">There are too few rows, or a value is not one for its column.</exception>
    public static ReportFacts Gather(MLContext ml, VaeTransformer vae, IDataView input, VaeReportOptions options)
    {
        BoundLayout bound = vae.Model.Layout.Bind(input.Schema, "data");
        ImageInput? image = ImageInput.Of(vae, options);
        string? labelName = options.LabelColumnName ?? vae.LabelColumnName;
        DataViewSchema.Column? label = labelName is null ? null : ColumnTypes.Find(input.Schema, labelName, "label", nameof(options.LabelColumnName));
        if (label is { Type: VectorDataViewType })
        {
            throw ColumnTypes.Mismatch("label", labelName!, "a number, a Boolean, a key or a text", $"{label.Value.Type}", nameof(options.LabelColumnName));
        }
        DataViewSchema.Column[] kept = [.. new[] { label, bound.Label }.OfType<DataViewSchema.Column>().Concat(bound.Inputs).DistinctBy(column => column.Index)];
        var rows = KeptRows.Read(input, kept, options.MaximumRows, options.Seed ?? vae.Model.Seed, options.CancellationToken);
        if (rows.Count < VaeReport.FewestRows)
        {
            throw new InvalidOperationException($"There {(rows.Count == 1 ? "is 1 row" : "are no rows")} to report on: at least {VaeReport.FewestRows} are wanted.");
        }
        VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(vae, rows, options.LogLikelihoodDraws);
        options.CancellationToken.ThrowIfCancellationRequested();
        return new ReportFacts(
            ml, vae, options, rows, metrics, LatentRows.Read(vae, rows), ColumnSpread.Of(vae.Model.Layout, rows), label is null ? null : RowGroups.Read(rows, rows.Schema[0]), image);
    }

    /// <summary>The rows with the inputs as the decoder gives them back.</summary>
    /// <param name="reconstructed">Its columns that are so, in the order of the inputs.</param>
    public IDataView Reconstructed(out IReadOnlyList<DataViewSchema.Column> reconstructed)
    {
        OutputColumn[] outputs = [.. Layout.Columns.Select((column, index) => new OutputColumn(VaeOutput.Reconstruction, column.Name, index))];
        var view = new VaeDataView(Rows, new VaeBinding(Rows.Schema, outputs, Vae.Model));
        reconstructed = [.. Enumerable.Range(Rows.Schema.Count, outputs.Length).Select(index => view.Schema[index])];
        return view;
    }
}
