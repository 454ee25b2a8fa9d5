using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>A model and what the page shows of it. Safe to use from several threads at a time, as the model itself is.</summary>
internal sealed class Explorer : IDisposable
{
    private const string LatentColumn = "ExplorerLatent";
    private const int DrawnRows = 1500;
    private const int RowsRead = 20_000;
    private const int Seed = 1;

    private readonly MLContext _ml;
    private readonly ITransformer _model;
    private readonly VaeSampler _sampler;

    private Explorer(string title, MLContext ml, ITransformer model, VaeTransformer vae, VaeSampler sampler) => (Title, _ml, _model, Vae, _sampler) = (title, ml, model, vae, sampler);

    public string Title { get; }

    public VaeTransformer Vae { get; }

    public required RowLayout Layout { get; init; }

    /// <summary>How rows are images; null if they are none.</summary>
    public required RowPictures? Pictures { get; init; }

    public required LatentRows Rows { get; init; }

    /// <summary>Whether <see cref="Rows"/> are draws of the model, for want of others.</summary>
    public required bool AreDrawn { get; init; }

    /// <summary>Where <see cref="Sample"/> draws from.</summary>
    public string DrawsFrom => _sampler is PriorSampler ? "prior" : "mixture";

    public required RowGroups? Groups { get; init; }

    /// <summary>Those first that say most of a row.</summary>
    public required IReadOnlyList<LatentDimension> Dimensions { get; init; }

    public required IReadOnlyList<MapPlane> Planes { get; init; }

    /// <summary>The labels that a conditional model can be told, in the order of their keys; null without a condition.</summary>
    public required IReadOnlyList<string>? Labels { get; init; }

    /// <param name="title">What the page is about.</param>
    /// <param name="ml">The context.</param>
    /// <param name="model">Has the VAE in it, and is disposed with this.</param>
    /// <param name="data">Rows as the model reads them; null for none.</param>
    /// <param name="label">The column that colours the map; null for the usual one.</param>
    /// <param name="image">How a row is an image; null to find out.</param>
    /// <param name="schema">Of the rows, as the model's file has it; null without one.</param>
    /// <exception cref="ExplorerException">Rows or columns do not fit the model.</exception>
    public static Explorer Of(string title, MLContext ml, ITransformer model, IDataView? data, string? label = null, ImageSize? image = null, DataViewSchema? schema = null)
    {
        VaeTransformer vae = SavedModel.VaeIn(model, title);
        string latent = vae.Decoder.LatentColumnName;
        IDataView? rows = data is null ? null : model.Transform(ml.Data.TakeRows(data, RowsRead));
        if (rows is not null && rows.Schema.GetColumnOrNull(latent) is null)
        {
            throw new ExplorerException($"{title} adds no column of latents to rows (OutputColumnName is null): without --data, its own draws are shown.");
        }
        VaeSampler sampler = SamplerOf(ml, model, vae, data);
        IDataView drawn = Draws(ml, vae, sampler, DrawnRows, null, Seed);
        var layout = RowLayout.Of(vae, drawn.Schema);
        IDataView shown = rows ?? drawn;
        string? name = NameColumn(vae, shown.Schema, label);
        LatentRows kept = LatentRows.Read(shown, vae, rows is null ? LatentColumn : latent, name);
        VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(vae, shown, draws: 1);
        IReadOnlyList<LatentDimension> dimensions = LatentDimension.All(kept, metrics.KlPerDimension);
        ImageSize? size = ImageSize.Of(vae, layout, vae.InputColumns is [var only] ? schema?.GetColumnOrNull(only.Name) : null, image);
        return new Explorer(title, ml, model, vae, sampler)
        {
            Layout = layout,
            Pictures = size is null ? null : RowPictures.Of(size, kept),
            Rows = kept,
            AreDrawn = rows is null,
            Groups = kept.Names is null ? null : RowGroups.Of(name!, kept.Names),
            Dimensions = dimensions,
            Planes = MapPlane.All(kept, dimensions),
            Labels = vae.LabelColumnName is { } condition ? Annotations.KeyNames(drawn.Schema[condition]) : null,
        };
    }

    /// <summary>Decodes latents, one after the other.</summary>
    /// <param name="latents">Finite.</param>
    /// <param name="label">The place of the label among <see cref="Labels"/>; null without a condition.</param>
    public float[] Decode(ReadOnlySpan<float> latents, int? label)
    {
        int count = latents.Length / Vae.LatentDimension;
        var rows = new float[count * Vae.InputSize];
        if (label is { } place)
        {
            Vae.Decode(latents, [.. Enumerable.Repeat((uint)place + 1, count)], rows);
        }
        else
        {
            Vae.Decode(latents, rows);
        }
        return rows;
    }

    /// <summary>Draws a latent from the prior; of a plain autoencoder, which has none, from a mixture fitted to the rows.</summary>
    /// <param name="label">Of a conditional model.</param>
    /// <param name="seed">The same one gives the same latent.</param>
    public float[] Sample(string? label, int seed)
    {
        IDataView drawn = Draws(_ml, Vae, _sampler, 1, label, seed);
        using DataViewRowCursor cursor = drawn.GetRowCursor([drawn.Schema[LatentColumn]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(drawn.Schema[LatentColumn]);
        VBuffer<float> latent = default;
        cursor.MoveNext();
        getter(ref latent);
        return [.. latent.DenseValues()];
    }

    public void Dispose()
    {
        (_sampler as IDisposable)?.Dispose();
        (_model as IDisposable)?.Dispose();
    }

    private static IDataView Draws(MLContext ml, VaeTransformer vae, VaeSampler sampler, int count, string? label, int seed) =>
        ml.Data.SampleFromVae(vae, count, new VaeSamplingOptions { Sampler = sampler, Decoding = VaeDecoding.Mean, Label = label, LatentColumnName = LatentColumn, Seed = seed });

    private static VaeSampler SamplerOf(MLContext ml, ITransformer model, VaeTransformer vae, IDataView? data)
    {
        var prior = new PriorSampler();
        try
        {
            Draws(ml, vae, prior, 1, null, Seed);
            return prior;
        }
        catch (ArgumentException error)
        {
            prior.Dispose();
            return data is null
                ? throw new ExplorerException($"The model is a plain autoencoder, which has no prior to draw from: --data with rows is wanted. ({error.Message})", error)
                : GaussianMixtureSampler.Fit(model, ml.Data.TakeRows(data, RowsRead));
        }
    }

    private static string? NameColumn(VaeTransformer vae, DataViewSchema schema, string? asked)
    {
        if (asked is not null)
        {
            return schema.GetColumnOrNull(asked) is null ? throw new ExplorerException($"--label: there is no column '{asked}'; there are {string.Join(", ", schema.Where(column => !column.IsHidden).Take(20).Select(column => column.Name))}.") : asked;
        }
        return vae.LabelColumnName
            ?? schema.FirstOrDefault(column => column.Name.Equals("Label", StringComparison.OrdinalIgnoreCase)).Name
            ?? vae.InputColumns.Select(input => schema[input.Name]).FirstOrDefault(column => column.Type is KeyDataViewType).Name;
    }
}
