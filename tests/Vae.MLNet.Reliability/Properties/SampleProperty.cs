using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>Sampled rows, of every sampler, have the training schema and only values that its columns may have.</summary>
internal sealed class SampleProperty : Property
{
    // Categories that training did not see are rare, where they are drawn at all.
    private const int Rows = 200;

    private readonly Dictionary<string, long> _rows = [];

    public override string Kind => "random models: sampled rows";

    public override string Seen => string.Create(CultureInfo.InvariantCulture, $"{_rows.Values.Sum():N0} rows ({string.Join(", ", _rows.Select(each => $"{each.Key} {each.Value}"))}), all of the training schema");

    public override void Try(Case tried)
    {
        using var trained = new TrainedCase(tried);
        foreach (VaeSampler sampler in Samplers.All(trained))
        {
            using (sampler)
            {
                // A label that the sampler has seen: it says so of others.
                string? label = tried.Labels > 0 && tried.Seed % 2 == 0 ? trained.Rows.TrainedLabels[0].ToString(CultureInfo.InvariantCulture) : null;
                VaeDecoding decoding = tried.Seed % 3 == 0 ? VaeDecoding.Mean : VaeDecoding.Draw;
                Check(trained, trained.Ml.Data.SampleFromVae(trained.Model, Rows, sampler, decoding, label), decoding == VaeDecoding.Draw, label);
                _rows[sampler.GetType().Name] = _rows.GetValueOrDefault(sampler.GetType().Name) + Rows;
            }
        }
    }

    private static void Check(TrainedCase trained, IDataView rows, bool areDraws, string? label)
    {
        DataViewSchema training = trained.Rows.Training.Schema;
        string[] expected = [.. Enumerable.Range(0, trained.Case.Columns.Count).Select(RandomRows.NameOf), .. trained.Case.Labels > 0 ? [RandomRows.Label] : Array.Empty<string>()];
        Require(rows.Schema.Select(column => column.Name).ToHashSet().SetEquals(expected), $"columns {string.Join(", ", rows.Schema.Select(column => column.Name))} instead of {string.Join(", ", expected)}");
        foreach (DataViewSchema.Column column in rows.Schema)
        {
            Require(column.Type.Equals(training[column.Name].Type), $"column '{column.Name}' is {column.Type} instead of {training[column.Name].Type}");
        }
        using DataViewRowCursor cursor = rows.GetRowCursor(rows.Schema);
        Func<object>[] cells = [.. expected.Select(name => Cells.Of(cursor, rows.Schema[name]))];
        int count = 0;
        for (; cursor.MoveNext(); count++)
        {
            for (int i = 0; i < trained.Case.Columns.Count; i++)
            {
                LegalValues.Require(trained, i, cells[i](), areDraws);
            }
            if (trained.Case.Labels > 0)
            {
                var found = (uint)cells[^1]();
                Require(trained.Rows.TrainedLabels.Contains(found) && (label is null || label == found.ToString(CultureInfo.InvariantCulture)), $"label {found} of a row that was asked for with {label ?? "any"}");
            }
        }
        Require(count == Rows, $"{count} rows instead of {Rows}");
    }
}
