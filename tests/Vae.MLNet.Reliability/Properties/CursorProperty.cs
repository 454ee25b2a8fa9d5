using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>Cursors that read blocks of rows ahead give what is said of one row at a time: in any order, any number of cursors, any columns.</summary>
internal sealed class CursorProperty : Property
{
    private readonly Agreement _agreement = new();
    private long _ways;
    private long _rows;

    public override string Kind => "random models: batched cursors against one row at a time";

    public override string Seen => string.Create(CultureInfo.InvariantCulture, $"{_ways:N0} ways of reading, {_rows:N0} rows; ids, positions and columns passed through exactly; {_agreement}");

    public override void Try(Case tried)
    {
        using var trained = new TrainedCase(tried);
        IDataView view = trained.Model.Transform(trained.Others);
        DataViewSchema.Column[] some = [.. view.Schema.Where(column => tried.Subset == 0 || (tried.Subset >> column.Index & 1) == 1)];
        Dictionary<DataViewRowId, object[]> expected = OneByOne(trained, some);
        IDataView cached = trained.Model.Transform(trained.Ml.Data.Cache(trained.Others));
        IDataView shuffled = trained.Model.Transform(trained.Ml.Data.ShuffleRows(trained.Others, tried.Seed, shufflePoolSize: 50));

        void Compare(string way, IDataView by, Func<DataViewSchema.Column[], DataViewRowCursor[]> open, bool keepsIds = true)
        {
            DataViewSchema.Column[] columns = [.. some.Select(column => by.Schema[column.Index])];
            Dictionary<DataViewRowId, object[]> found = ReadRow.All(open(columns), columns);
            Require(found.Count == expected.Count, $"{way}: {found.Count} rows instead of {expected.Count}");
            _ways++;
            _rows += found.Count;
            if (!keepsIds)
            {
                return;
            }
            foreach ((DataViewRowId id, object[] values) in found)
            {
                Require(expected.TryGetValue(id, out object[]? wanted), $"{way}: row {id} is none of the source's");
                for (int i = 0; i < some.Length; i++)
                {
                    if (some[i].Index >= trained.Others.Schema.Count)
                    {
                        _agreement.Add(some[i], wanted[i], values[i], $"{way}, row {id}");
                    }
                    else
                    {
                        Require(Cells.AreSame(wanted[i], values[i]), $"{way}, row {id}, column '{some[i].Name}' of the source: {Cells.Text(values[i])} instead of {Cells.Text(wanted[i])}");
                    }
                }
            }
        }

        Compare("one cursor", view, columns => [view.GetRowCursor(columns)]);
        Compare("one cursor, shuffled", view, columns => [view.GetRowCursor(columns, new Random(tried.Seed))]);
        Compare($"{tried.Cursors} cursors", view, columns => view.GetRowCursorSet(columns, tried.Cursors));
        Compare($"{tried.Cursors} cursors, shuffled", view, columns => view.GetRowCursorSet(columns, tried.Cursors, new Random(tried.Seed)));
        Compare("a shuffled source", shuffled, columns => [shuffled.GetRowCursor(columns)]);
        // A cache numbers its rows anew.
        Compare($"{tried.Cursors} cursors on a cache", cached, columns => cached.GetRowCursorSet(columns, tried.Cursors), keepsIds: false);
    }

    private static Dictionary<DataViewRowId, object[]> OneByOne(TrainedCase trained, DataViewSchema.Column[] columns)
    {
        IRowToRowMapper mapper = trained.Model.GetRowToRowMapper(trained.Others.Schema);
        DataViewSchema.Column[] wanted = [.. columns.Select(column => mapper.OutputSchema[column.Index])];
        using DataViewRowCursor source = trained.Others.GetRowCursor(mapper.GetDependencies(wanted));
        using DataViewRow row = mapper.GetRow(source, wanted);
        Func<ReadRow> read = ReadRow.Of(row, wanted);
        var rows = new Dictionary<DataViewRowId, object[]>();
        while (source.MoveNext())
        {
            ReadRow each = read();
            rows.Add(each.Id, each.Values);
        }
        return rows;
    }
}
