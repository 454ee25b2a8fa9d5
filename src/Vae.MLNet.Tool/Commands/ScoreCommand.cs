using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae score</c>: how little a model expects each row.</summary>
internal sealed class ScoreCommand : RowCommand
{
    private readonly Option<double?> _contamination = CommandOptions.Number<double>(
        "--contamination", "part", "The part of these rows that are anomalies, above 0 and at most 0.5: the threshold is such that this part is above it. The rows are read twice. Default: the model's threshold.");

    private readonly Option<float?> _threshold = CommandOptions.Number<float>("--threshold", "score", "Scores above it are anomalies. Default: the model's, by the --contamination of its training.");
    private float? _found;

    public ScoreCommand(ToolStreams streams, CancellationToken cancellationToken)
        : base("score", "Write each row with its Score, the negative ELBO in nats (the higher, the stranger), and PredictedLabel, whether it is an anomaly.", keepsAll: true, streams, cancellationToken)
    {
        Add(_contamination);
        Add(_threshold);
        Validators.Add(result =>
        {
            if (result.GetValue(_contamination) is { } part && !(part > 0 && part <= 0.5))
            {
                result.AddError($"--contamination is to be above 0 and at most 0.5, not {part.ToString(CultureInfo.InvariantCulture)}.");
            }
            if (result.GetValue(_contamination) is not null && result.GetValue(_threshold) is not null)
            {
                result.AddError("--contamination and --threshold are two ways to say the threshold: one of them is wanted.");
            }
        });
    }

    protected override bool ReadsAgain(ParseResult result) => result.GetValue(_contamination) is not null;

    protected override void Prepare(ParseResult result, LoadedModel model, Func<CsvView> read, CancellationToken cancellationToken)
    {
        _found = result.GetValue(_threshold) ?? model.Vae.ScoreThreshold;
        if (result.GetValue(_contamination) is not { } part)
        {
            return;
        }
        CsvView view = read();
        IDataView rows = model.Transform(view);
        DataViewSchema.Column column = model.Require(rows, ModelColumns.Score);
        var scores = new List<float>();
        using (DataViewRowCursor cursor = rows.GetRowCursor([column]))
        {
            ValueGetter<float> getter = cursor.GetGetter<float>(column);
            float score = 0;
            while (Next(cursor, view))
            {
                cancellationToken.ThrowIfCancellationRequested();
                getter(ref score);
                scores.Add(score);
            }
        }
        scores.Sort();
        int above = (int)Math.Round(scores.Count * part);
        _found = above == 0 ? float.PositiveInfinity : scores[scores.Count - above - 1];
    }

    protected override IReadOnlyList<DataViewSchema.Column> Wanted(ParseResult result, LoadedModel model, IDataView rows) => [model.Require(rows, ModelColumns.Score)];

    protected override IRowWriter Writer(ParseResult result, LoadedModel model, CsvView view, DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns) =>
        new Scores(row.GetGetter<float>(columns[0]), _found);

    private sealed class Scores(ValueGetter<float> getter, float? threshold) : IRowWriter
    {
        public IReadOnlyList<string> Names { get; } = threshold is null ? [ModelColumns.Score] : [ModelColumns.Score, ModelColumns.PredictedLabel];

        public void Write(CsvOutput output)
        {
            float score = 0;
            getter(ref score);
            output.Number(score);
            if (threshold is { } most)
            {
                output.Truth(score > most);
            }
        }
    }
}
