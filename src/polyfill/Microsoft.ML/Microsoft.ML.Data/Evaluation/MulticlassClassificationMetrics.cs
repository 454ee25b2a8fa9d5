using System.Globalization;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How good predictions of one class out of several are.</summary>
public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(MulticlassCounts counts, int topK)
    {
        MicroAccuracy = counts.MicroAccuracy;
        MacroAccuracy = counts.MacroAccuracy;
        LogLoss = counts.LogLoss;
        LogLossReduction = counts.LogLossReduction;
        PerClassLogLoss = counts.PerClassLogLoss;
        ConfusionMatrix = new ConfusionMatrix(counts.Confusion, counts.ClassNames);
        TopKPredictionCount = topK;
        TopKAccuracyForAllK = topK > 0 ? counts.TopKAccuracies(topK) : null;
    }

    public double LogLoss { get; }

    public double LogLossReduction { get; }

    public double MacroAccuracy { get; }

    public double MicroAccuracy { get; }

    public double TopKAccuracy => TopKAccuracyForAllK?.LastOrDefault() ?? 0;

    public int TopKPredictionCount { get; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    public IReadOnlyList<double> PerClassLogLoss { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}

/// <summary>How often each class was predicted for each class: a row for an actual class, a column for a predicted one.</summary>
public sealed class ConfusionMatrix
{
    private readonly string[] _names;

    internal ConfusionMatrix(double[][] counts, string[] names)
    {
        Counts = counts;
        _names = names;
        var classes = Enumerable.Range(0, counts.Length).ToArray();
        PerClassRecall = Array.ConvertAll(classes, c => Share(counts[c][c], counts[c].Sum()));
        PerClassPrecision = Array.ConvertAll(classes, c => Share(counts[c][c], counts.Sum(row => row[c])));
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        Contracts.CheckParam(predictedClassIndicatorIndex >= 0 && predictedClassIndicatorIndex < NumberOfClasses, nameof(predictedClassIndicatorIndex), "Invalid index. Should be non-negative, less than the number of classes.");
        Contracts.CheckParam(actualClassIndicatorIndex >= 0 && actualClassIndicatorIndex < NumberOfClasses, nameof(actualClassIndicatorIndex), "Invalid index. Should be non-negative, less than the number of classes.");
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    public string GetFormattedConfusionTable()
    {
        int width = Math.Max(9, _names.Max(name => name.Length) + 4);
        var table = new StringBuilder("Confusion table (rows: actual, columns: predicted)").AppendLine();
        table.Append(' ', width).AppendJoin("", _names.Select(name => name.PadLeft(width))).Append("Recall".PadLeft(width)).AppendLine();
        for (int c = 0; c < NumberOfClasses; c++)
            table.Append(_names[c].PadLeft(width)).AppendJoin("", Counts[c].Select(count => Text(count, "0").PadLeft(width))).Append(Text(PerClassRecall[c], "0.0000").PadLeft(width)).AppendLine();
        table.Append("Precision".PadLeft(width)).AppendJoin("", PerClassPrecision.Select(share => Text(share, "0.0000").PadLeft(width)));
        return table.AppendLine().ToString();
    }

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
