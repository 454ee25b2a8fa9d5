using System.CommandLine;
using Microsoft.ML;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae impute</c>: the table with its holes filled; every other cell stays as it is written.</summary>
internal sealed class ImputeCommand(ToolStreams streams, CancellationToken cancellationToken)
    : RowCommand("impute", "Write the table with its missing cells filled. All other cells and columns stay as they are.", keepsAll: false, streams, cancellationToken)
{
    protected override bool HasKeep => false;

    protected override IReadOnlyList<DataViewSchema.Column> Wanted(ParseResult result, LoadedModel model, IDataView rows) =>
        [.. model.Inputs.Select(input => model.Require(rows, input.ImputedColumnName ?? throw model.Lacks("imputed columns: train on rows with missing cells, or with --masking-rate 0.2")))];

    protected override IRowWriter Writer(ParseResult result, LoadedModel model, CsvView view, DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        CsvRecords records = view.Records!;
        if (records.IsEmpty)
        {
            return new ColumnsWriter([]);
        }
        IReadOnlyDictionary<int, int[]> cells = view.Columns.Bind(records, model.Inputs.Select(input => model.Schema[input.Name].Index), optional: null);
        var filled = new (CellWriter Column, int Cell)?[records.Width];
        foreach ((VaeInputColumn input, DataViewSchema.Column column) in model.Inputs.Zip(columns))
        {
            DataViewSchema.Column trained = model.Schema[input.Name];
            CellWriter writer = CellWriter.Like(row, column, trained, view.Columns.NamesOf[trained.Index]);
            for (int slot = 0; slot < cells[trained.Index].Length; slot++)
            {
                filled[cells[trained.Index][slot]] = (writer, slot);
            }
        }
        return new Filled(records, filled, view.Queue!);
    }

    private sealed class Filled(CsvRecords records, (CellWriter Column, int Cell)?[] filled, CsvRowQueue queue) : IRowWriter
    {
        public IReadOnlyList<string> Names { get; } = records.Header ?? [];

        public void Write(CsvOutput output)
        {
            CellWriter? read = null;
            for (int cell = 0; cell < filled.Length; cell++)
            {
                ReadOnlySpan<byte> text = queue.Current.Cell(cell);
                // A category that training did not have is no hole: the table says it.
                if (filled[cell] is not var (column, slot) || !records.Format.IsMissing(text))
                {
                    output.Text(text);
                    continue;
                }
                // The cells of a vector are read once.
                if (read != column)
                {
                    column.Read();
                    read = column;
                }
                column.Write(output, slot);
            }
        }
    }
}
