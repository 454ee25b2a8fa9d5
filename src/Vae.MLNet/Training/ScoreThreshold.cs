using Microsoft.ML;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Training;

/// <summary>The score above which a given part of the training rows is.</summary>
internal static class ScoreThreshold
{
    private const string Name = "Score";

    /// <param name="model">The trained model.</param>
    /// <param name="input">The rows that were trained on.</param>
    /// <param name="contamination">The part of them that are taken for anomalies.</param>
    /// <param name="checkAlive">Throws when training is to stop.</param>
    public static float Of(FittedVae model, IDataView input, double contamination, Action checkAlive)
    {
        IDataView scored = new VaeTransformer([new OutputColumn(VaeOutput.Score, Name)], model, []).Transform(input);
        DataViewSchema.Column column = scored.Schema[Name];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<float> getter = cursor.GetGetter<float>(column);
        var scores = new List<float>();
        while (cursor.MoveNext())
        {
            if (scores.Count % 1024 == 0)
            {
                checkAlive();
            }
            float score = 0;
            getter(ref score);
            scores.Add(score);
        }
        scores.Sort();
        // So many rows are above it.
        int anomalies = (int)Math.Round(contamination * scores.Count);
        return scores[Math.Max(scores.Count - 1 - anomalies, 0)];
    }
}
