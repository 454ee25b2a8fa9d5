using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Training;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>What the encoder says of rows: the aggregate posterior is the mixture of these.</summary>
/// <param name="Dimension">Size of the latent.</param>
/// <param name="Means"><c>[rows, latent]</c>.</param>
/// <param name="Deviations">Standard deviations, <c>[rows, latent]</c>; null of a plain autoencoder, whose posteriors are points.</param>
/// <param name="Labels">The category of each row, from 0; null without a condition.</param>
internal sealed record LatentPosteriors(int Dimension, float[] Means, float[]? Deviations, int[]? Labels)
{
    private const int RowsPerCheck = 1024;

    public int Count => Means.Length / Dimension;

    /// <summary>Reads rows to fit a sampler to.</summary>
    /// <exception cref="InvalidOperationException">There are no rows, or a value is not one for its column.</exception>
    /// <inheritdoc cref="Read"/>
    public static LatentPosteriors ReadToFit(VaeTransformer vae, IDataView input, CancellationToken cancellationToken) => Read(vae, input, cancellationToken) is { Count: > 0 } posteriors
        ? posteriors
        : throw new InvalidOperationException($"There are no rows{(vae.LabelColumnName is { } name ? $" with a label in column '{name}'" : "")} to fit a sampler to: at least one is wanted.");

    /// <summary>Reads rows; those without a label, which a conditional model is not trained on, are left out.</summary>
    /// <param name="vae">The model.</param>
    /// <param name="input">Rows as it reads them.</param>
    /// <param name="cancellationToken">Looked at while rows are read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the type of training.</exception>
    /// <exception cref="InvalidOperationException">A value is not one for its column.</exception>
    public static LatentPosteriors Read(VaeTransformer vae, IDataView input, CancellationToken cancellationToken)
    {
        int dimension = vae.LatentDimension;
        List<OutputColumn> outputs = [new(VaeOutput.Mean, "Mean")];
        if (!vae.Model.Architecture.IsDeterministic)
        {
            outputs.Add(new(VaeOutput.LogVariance, "LogVariance"));
        }
        // Of a row that is not trained on the model need not know the values.
        DataViewSchema.Column? labelOfInput = vae.LabelColumnName is { } name ? ColumnTypes.Find(input.Schema, name, "label", nameof(input)) : null;
        var view = new VaeDataView(new TrainedRows(input, new TrainingColumns([], labelOfInput, Weight: null)), new VaeBinding(input.Schema, outputs, vae.Model));
        DataViewSchema.Column mean = view.Schema[input.Schema.Count];
        DataViewSchema.Column? logVariance = outputs.Count > 1 ? view.Schema[input.Schema.Count + 1] : null;
        // The input's: an output may have its name.
        DataViewSchema.Column? label = labelOfInput is { Index: var index } ? view.Schema[index] : null;
        using DataViewRowCursor cursor = view.GetRowCursor(new[] { mean, logVariance, label }.OfType<DataViewSchema.Column>());
        ValueGetter<VBuffer<float>> meanGetter = cursor.GetGetter<VBuffer<float>>(mean);
        ValueGetter<VBuffer<float>>? logVarianceGetter = logVariance is { } spread ? cursor.GetGetter<VBuffer<float>>(spread) : null;
        Func<int>? category = label is { } condition ? vae.Model.Layout.Label!.CategoryOf(cursor, condition) : null;
        List<float> means = [];
        List<float> deviations = [];
        List<int> labels = [];
        VBuffer<float> buffer = default;
        for (long read = 0; cursor.MoveNext(); read++)
        {
            if (read % RowsPerCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            if (category is not null)
            {
                int of = category();
                if (of < 0)
                {
                    continue;
                }
                labels.Add(of);
            }
            meanGetter(ref buffer);
            means.AddRange(buffer.GetValues());
            if (logVarianceGetter is not null)
            {
                logVarianceGetter(ref buffer);
                foreach (float value in buffer.GetValues())
                {
                    deviations.Add(MathF.Exp(value / 2));
                }
            }
        }
        return new LatentPosteriors(dimension, [.. means], logVarianceGetter is null ? null : [.. deviations], category is null ? null : [.. labels]);
    }

    /// <summary>One draw from each row's posterior, <c>[rows, latent]</c>.</summary>
    public float[] Draws(int seed)
    {
        float[] draws = [.. Means];
        if (Deviations is not null)
        {
            var noise = new float[Dimension];
            for (int row = 0; row < Count; row++)
            {
                RowNoise.Fill(SampledRows.KeyOf(row, seed, NoiseUse.Posterior), noise);
                for (int i = 0; i < Dimension; i++)
                {
                    draws[row * Dimension + i] += Deviations[row * Dimension + i] * noise[i];
                }
            }
        }
        return draws;
    }
}
