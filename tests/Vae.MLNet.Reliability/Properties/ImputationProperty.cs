using System.Globalization;
using Microsoft.ML;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>Imputation changes no observed value, and fills every hole with a value that the column may have.</summary>
internal sealed class ImputationProperty : Property
{
    private long _observed;
    private long _filled;

    public override string Kind => "random models: imputed columns";

    public override string Seen => string.Create(CultureInfo.InvariantCulture, $"{_observed:N0} observed values kept bit for bit, {_filled:N0} holes filled with values that their columns may have");

    public override void Try(Case tried)
    {
        using var trained = new TrainedCase(tried with { Imputes = true });
        IDataView view = trained.Model.Transform(trained.Others);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        var columns = new List<(int Input, Func<object> Observed, Func<object> Filled)>();
        for (int input = 0; input < tried.Columns.Count; input++)
        {
            string name = RandomRows.NameOf(input);
            DataViewSchema.Column[] filled = [.. view.Schema.Where(column => column.Name.StartsWith(name + ".Filled", StringComparison.Ordinal))];
            Require(filled.Length == Math.Max(tried.Imputations, 1), $"column '{name}' has {filled.Length} imputed ones");
            foreach (DataViewSchema.Column column in filled)
            {
                Require(column.Type.Equals(view.Schema[name].Type), $"column '{column.Name}' is {column.Type} instead of {view.Schema[name].Type}");
                columns.Add((input, Cells.Of(cursor, view.Schema[name]), Cells.Of(cursor, column)));
            }
        }
        while (cursor.MoveNext())
        {
            foreach ((int input, Func<object> observedOf, Func<object> filledOf) in columns)
            {
                Check(trained, input, observedOf(), filledOf(), cursor.Position);
            }
        }
    }

    private void Check(TrainedCase trained, int input, object observed, object filled, long row)
    {
        ColumnSpec spec = trained.Case.Columns[input];
        if (!spec.IsVector)
        {
            bool isHole = spec.IsKey ? Cells.Numbers(observed)[0] == 0 : double.IsNaN(Cells.Numbers(observed)[0]);
            CheckValue(observed, filled, isHole);
        }
        else
        {
            Require(filled is float[] all && all.Length == spec.Size, $"row {row}: {Cells.Text(filled)} is not of size {spec.Size}");
            foreach ((float before, float after) in ((float[])observed).Zip((float[])filled))
            {
                CheckValue(before, after, float.IsNaN(before));
            }
        }
        if (Cells.AreSame(observed, filled))
        {
            return;
        }
        // The observed ones among its slots are of training's kind as well.
        LegalValues.Require(trained, input, filled, isDraw: false);

        void CheckValue(object before, object after, bool isHole)
        {
            Require(isHole || Cells.AreSame(before, after), $"row {row}, column {input}, {spec}: the observed {Cells.Text(before)} has become {Cells.Text(after)}");
            (_observed, _filled) = isHole ? (_observed, _filled + 1) : (_observed + 1, _filled);
        }
    }
}
