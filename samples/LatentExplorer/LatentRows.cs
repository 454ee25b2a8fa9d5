using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>The rows on the map: their latents, what they are called, and what they are.</summary>
/// <param name="Latents">One after the other.</param>
/// <param name="Values">Their numbers, one row after the other, as a decoded row has them; NaN for what is missing.</param>
/// <param name="Names">What colours them; null for nothing.</param>
/// <param name="Conditions">The label that a conditional model is told; null without one.</param>
/// <param name="Count">Of rows.</param>
internal sealed record LatentRows(float[] Latents, float[] Values, IReadOnlyList<string>? Names, IReadOnlyList<string>? Conditions, int Count)
{
    private const int Most = 1500;
    private const int Seed = 1;

    public ReadOnlySpan<float> LatentOf(int row) => Latents.AsSpan(row * (Latents.Length / Count), Latents.Length / Count);

    public ReadOnlySpan<float> ValuesOf(int row) => Values.AsSpan(row * (Values.Length / Count), Values.Length / Count);

    /// <summary>The numbers of all rows at one place of the latent.</summary>
    public double[] Dimension(int dimension) => [.. Enumerable.Range(0, Count).Select(row => (double)LatentOf(row)[dimension])];

    /// <summary>Reads rows, of many a random part (Vitter, 1985, algorithm R).</summary>
    /// <param name="view">Has latents, inputs and labels.</param>
    /// <param name="vae">The model.</param>
    /// <param name="latent">The column of the latents.</param>
    /// <param name="name">The column of the names; null for none.</param>
    /// <exception cref="ExplorerException">There are fewer than two.</exception>
    public static LatentRows Read(IDataView view, VaeTransformer vae, string latent, string? name)
    {
        string? condition = vae.LabelColumnName;
        DataViewSchema.Column[] inputs = [.. vae.InputColumns.Select(input => view.Schema[input.Name])];
        string[] others = [.. new[] { latent, name, condition }.OfType<string>().Distinct()];
        using DataViewRowCursor cursor = view.GetRowCursor([.. inputs, .. others.Select(each => view.Schema[each])]);
        ValueGetter<VBuffer<float>> latentOf = cursor.GetGetter<VBuffer<float>>(view.Schema[latent]);
        Func<string>? nameOf = name is null ? null : CellReader.Text(cursor, view.Schema[name]);
        Func<string>? conditionOf = condition is null ? null : CellReader.Text(cursor, view.Schema[condition]);
        Action<List<float>>[] valuesOf = [.. inputs.Select(input => CellReader.Numbers(cursor, input))];
        var random = new Random(Seed);
        var kept = new List<(float[] Latent, float[] Values, string Name, string Condition)>();
        VBuffer<float> buffer = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            int place = row < Most ? row : random.Next(row + 1);
            if (place >= Most)
            {
                continue;
            }
            latentOf(ref buffer);
            List<float> values = [];
            Array.ForEach(valuesOf, read => read(values));
            var one = (buffer.DenseValues().ToArray(), values.ToArray(), nameOf?.Invoke() ?? "", conditionOf?.Invoke() ?? "");
            if (place == kept.Count)
            {
                kept.Add(one);
            }
            else
            {
                kept[place] = one;
            }
        }
        return kept.Count < 2
            ? throw new ExplorerException($"There {(kept.Count == 1 ? "is 1 row" : "are no rows")} to show: at least 2 are wanted.")
            : new LatentRows(
                [.. kept.SelectMany(row => row.Latent)],
                [.. kept.SelectMany(row => row.Values)],
                nameOf is null ? null : [.. kept.Select(row => row.Name)],
                conditionOf is null ? null : [.. kept.Select(row => row.Condition)],
                kept.Count);
    }
}
