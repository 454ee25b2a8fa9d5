using Microsoft.ML;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>Latents as rows with the training columns.</summary>
internal static class DecodedRows
{
    /// <param name="vae">The model.</param>
    /// <param name="latents">The latents.</param>
    /// <param name="decoding">Means or draws.</param>
    /// <param name="latentColumnName">A column for the latents; null for none.</param>
    /// <param name="seed">Of the draws.</param>
    /// <returns>The steps of a path, the training columns, the label, the latents.</returns>
    /// <exception cref="ArgumentException">A name is that of a training column.</exception>
    public static IDataView Of(VaeTransformer vae, ILatentSource latents, VaeDecoding decoding, string? latentColumnName, int seed)
    {
        string[] trained = [.. vae.InputColumns.Select(column => column.Name), .. vae.LabelColumnName is { } label ? new[] { label } : []];
        if (latents.Steps is { } steps && trained.Contains(steps.ColumnName))
        {
            throw new ArgumentException($"The column of the steps cannot be called '{steps.ColumnName}': a training column is.");
        }
        string[] taken = [.. latents.Steps is null ? [] : new[] { latents.Steps.ColumnName }, .. trained];
        if (latentColumnName is not null && (taken.Contains(latentColumnName) || string.IsNullOrWhiteSpace(latentColumnName)))
        {
            throw new ArgumentException($"The latent column cannot be called '{latentColumnName}': another column is, or it is no name.");
        }
        // Longer than any other column's name.
        string latent = latentColumnName ?? $"{string.Concat(taken)}Latent";
        VaeDecoder decoder = vae.CreateDecoder(latent, decoding, seed);
        IDataView rows = decoder.Transform(new LatentView(latents, latent));
        string[] kept = [.. taken, .. latentColumnName is null ? [] : new[] { latentColumnName }];
        return new MLContext().Transforms.SelectColumns(kept).Fit(rows).Transform(rows);
    }
}
