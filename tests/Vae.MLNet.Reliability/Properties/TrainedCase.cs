using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>A case's model, trained, and rows to ask it of.</summary>
internal sealed class TrainedCase : IDisposable
{
    public TrainedCase(Case tried)
    {
        Case = tried;
        Ml = new MLContext(seed: tried.Seed);
        Rows = new RandomRows(tried);
        Model = Ml.Transforms.VariationalAutoencoder(tried.Options).Fit(Rows.Training);
        bool allowsHoles = tried.Imputes || HasHoles(Rows.Training, tried.Columns.Count);
        Others = Rows.Others(tried.Others, allowsHoles ? 25 : 0);
    }

    public Case Case { get; }

    public MLContext Ml { get; }

    public RandomRows Rows { get; }

    public VaeTransformer Model { get; }

    /// <summary>Rows that training did not see, with holes if the model allows any.</summary>
    public Table Others { get; }

    public void Dispose() => Model.Dispose();

    // Rows without a label are not trained on, nor are their holes.
    private static bool HasHoles(Table table, int columns)
    {
        using DataViewRowCursor cursor = table.GetRowCursor(table.Schema);
        Func<object>[] inputs = [.. table.Schema.Take(columns).Select(column => Cells.Of(cursor, column))];
        bool[] areKeys = [.. table.Schema.Take(columns).Select(column => column.Type is KeyDataViewType)];
        Func<object>? label = table.Schema.GetColumnOrNull(RandomRows.Label) is { } labelColumn ? Cells.Of(cursor, labelColumn) : null;
        while (cursor.MoveNext())
        {
            if (label?.Invoke() is 0u)
            {
                continue;
            }
            for (int i = 0; i < columns; i++)
            {
                if (Array.Exists(Cells.Numbers(inputs[i]()), number => double.IsNaN(number) || (areKeys[i] && number == 0)))
                {
                    return true;
                }
            }
        }
        return false;
    }
}
