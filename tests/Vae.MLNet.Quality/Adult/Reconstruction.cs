using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Quality.Adult;

/// <summary>Whether every category of a real table is reconstructed better than by the majority, by a model that was saved and loaded.</summary>
internal static class Reconstruction
{
    // Where nearly all rows have one value there is nothing to reconstruct.
    private const double NearlyAll = 0.9;

    public static Figure Figure { get; } = new("adult", "categories of Adult reconstructed, against the majority", AdultTable.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var table = new AdultTable(effort);
        MLContext ml = table.Ml;
        using TransformerChain<ITransformer> model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            InputColumns = AdultTable.InputColumns,
            ReconstructionColumnSuffix = "Again",
            ScoreColumnName = "Score",
            Seed = effort.Seed ?? 3,
        })
            .Append<ITransformer>(ml.Transforms.Conversion.MapKeyToValue([.. AdultRow.Categories.Select(name => new InputOutputColumnPair(name + "Text", name + "Again"))]))
            .Fit(table.Training);
        IDataView scored = ml.SavedAndLoaded(model, table.Training.Schema).Transform(table.HeldOut);
        float[] scores = scored.ValuesOf<float>("Score");
        report.Promise(scores.All(float.IsFinite), $"scores are finite; the average negative ELBO is {Report.Number(scores.Average())} nats");
        report.Head("category", "share of the majority", "share that is reconstructed");
        foreach (string name in AdultRow.Categories)
        {
            uint[] truth = table.HeldOut.ValuesOf<uint>(name);
            uint[] said = scored.ValuesOf<uint>(name + "Again");
            uint majority = table.Training.ValuesOf<uint>(name).Where(key => key != 0).GroupBy(key => key).MaxBy(group => group.Count())!.Key;
            int[] known = [.. Enumerable.Range(0, truth.Length).Where(row => truth[row] != 0)];
            double share = known.Average(row => truth[row] == majority ? 1.0 : 0);
            double accuracy = known.Average(row => truth[row] == said[row] ? 1.0 : 0);
            report.Row(name, Report.Number(share), Report.Number(accuracy));
            if (share < NearlyAll)
            {
                report.Above($"reconstructed, {name} against the majority", accuracy, share);
            }
        }
    }
}
