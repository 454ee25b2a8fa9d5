using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Samples.TabularSynthesis;

/// <summary>A linear classifier that tells one column of a table from the others: what made rows are worth to somebody who learns from them.</summary>
internal static class LabelClassifier
{
    /// <summary>Trains on made and on real rows; judges both by real rows held out, by the share of right answers. Rows with a missing number are left out, as trainers do.</summary>
    public static VaeTransferQuality Compare(MLContext ml, CsvTable table, string label, IDataView made, IDataView real, IDataView heldOut)
    {
        // The label's keys are those of the real rows everywhere: a label that was never made is not forgotten.
        ITransformer keys = ml.Transforms.Conversion.MapValueToKey(label).Fit(real);
        return ml.Data.TrainOnVaeSamples(keys.Transform(made), keys.Transform(real), keys.Transform(heldOut), Pipeline(ml, table, label), scored => ml.MulticlassClassification.Evaluate(scored, label).MicroAccuracy);
    }

    // Numbers and one 0 or 1 for each category, all divided by their largest value.
    private static EstimatorChain<ITransformer> Pipeline(MLContext ml, CsvTable table, string label)
    {
        var pipeline = new EstimatorChain<ITransformer>();
        string[] categories = [.. table.NamesOf(categories: true).Where(name => name != label)];
        if (categories.Length > 0)
        {
            InputOutputColumnPair[] columns = [.. categories.Select(name => new InputOutputColumnPair(name))];
            pipeline = pipeline.Append<ITransformer>(ml.Transforms.Conversion.MapValueToKey(columns)).Append<ITransformer>(ml.Transforms.Conversion.MapKeyToVector(columns));
        }
        return pipeline.Append<ITransformer>(ml.Transforms.Concatenate("Features", [.. table.NamesOf(categories: false), .. categories]))
            .Append<ITransformer>(ml.Transforms.NormalizeMinMax("Features"))
            .Append<ITransformer>(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(label, "Features"));
    }
}
