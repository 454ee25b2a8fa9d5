using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Quality.Adult;

/// <summary>UCI Adult, four fifths of its rows to train on and one held out, and what judges sampled rows by them.</summary>
internal sealed class AdultTable
{
    public const string Folder = "adult";

    private const int NeighbourRows = 500;
    private const int FoldSize = 5;

    private readonly ITransformer _keys;
    private readonly IEstimator<ITransformer> _classifier;

    /// <param name="effort">In the short form every fourth row is read.</param>
    public AdultTable(Effort effort)
    {
        string[] lines = [.. File.ReadLines(Path.Combine(Repository.Data(Folder)!, "adult.csv")).Where(line => line.Length > 0)];
        string[] rows = [.. lines.Skip(1).Where((_, row) => !effort.IsShort || row % 4 == 0)];
        Header = lines[0];
        TrainingLines = [.. rows.Where((_, row) => row % FoldSize != 0)];
        _keys = Ml.Transforms.Conversion.MapValueToKey([.. AdultRow.Categories.Select(name => new InputOutputColumnPair(name))])
            .Fit(Ml.Data.LoadFromEnumerable(TrainingLines.Select(AdultRow.Parse)));
        Training = View(TrainingLines);
        HeldOut = View(rows.Where((_, row) => row % FoldSize == 0));
        _classifier = Ml.Transforms.Conversion.MapKeyToVector([.. AdultRow.Features.Select(name => new InputOutputColumnPair(name + "Hot", name))])
            .Append(Ml.Transforms.Concatenate("Features", [.. AdultRow.Numbers, .. AdultRow.Features.Select(name => name + "Hot")]))
            .Append(Ml.Transforms.NormalizeMinMax("Features"))
            .Append(Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Income", "Features"));
    }

    public MLContext Ml { get; } = new(seed: 3);

    /// <summary>The first line of the file.</summary>
    public string Header { get; }

    public IReadOnlyList<string> TrainingLines { get; }

    public IDataView Training { get; }

    public IDataView HeldOut { get; }

    /// <summary>The model's columns: numbers by quantiles, and categories.</summary>
    public static VaeInputColumn[] InputColumns =>
        [.. AdultRow.Numbers.Select(name => new VaeInputColumn(name) { Scaling = VaeScaling.Quantile }), .. AdultRow.Categories.Select(name => new VaeInputColumn(name))];

    /// <summary>Reads lines of the file's form, with the keys of the training rows.</summary>
    public IDataView View(IEnumerable<string> lines) => _keys.Transform(Ml.Data.LoadFromEnumerable(lines.Select(AdultRow.Parse).ToArray()));

    /// <summary>Prints the head of the table to which <see cref="Judge"/> adds rows.</summary>
    public static void Head(Report report) => report.Head(
        "sampled rows", "accuracy on held-out rows of a classifier of income", "columns", "correlations", "pairs with a category", "nearest neighbour ratio", "copies", "least similar column");

    /// <summary>Computes what sampled rows are worth, and prints it.</summary>
    public SampleWorth Judge(string name, IDataView sampled, Report report)
    {
        IDataView rows = Ml.Data.Cache(sampled);
        VaeSampleQuality quality = Ml.Data.EvaluateVaeSamples(Training, rows, HeldOut, NeighbourRows);
        VaeTransferQuality transfer = Ml.Data.TrainOnVaeSamples(
            rows, Training, HeldOut, _classifier, scored => Ml.MulticlassClassification.Evaluate(scored, "Income").MicroAccuracy);
        var worth = new SampleWorth(
            transfer.TrainedOnSamples,
            transfer.TrainedOnReal,
            quality.ColumnSimilarity,
            quality.CorrelationSimilarity,
            quality.ContingencySimilarity,
            quality.NearestNeighbourRatio,
            quality.HoldOutNearestNeighbourRatio!.Value,
            quality.Copies,
            quality.HoldOutCopies!.Value);
        VaeColumnSimilarity least = quality.Columns.MinBy(column => column.Similarity)!;
        report.Row(
            name,
            $"{Report.Number(worth.Accuracy)} (of real rows {Report.Number(worth.AccuracyOfReal)})",
            Report.Number(worth.Columns),
            Report.Number(worth.Correlations),
            Report.Number(worth.Contingencies),
            $"{Report.Number(worth.NeighbourRatio)} (held-out {Report.Number(worth.HeldOutNeighbourRatio)})",
            $"{Report.Number(worth.Copies)} (held-out {Report.Number(worth.HeldOutCopies)})",
            $"{least.Name} {Report.Number(least.Similarity)}");
        return worth;
    }
}
