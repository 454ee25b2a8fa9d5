using System.CommandLine;
using Microsoft.ML;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae reconstruct</c>: rows as the decoder gives them back.</summary>
internal sealed class ReconstructCommand(ToolStreams streams, CancellationToken cancellationToken)
    : RowCommand("reconstruct", "Write each row as the decoder gives it back from its latent: the same columns, in the table's units.", keepsAll: false, streams, cancellationToken)
{
    protected override IReadOnlyList<DataViewSchema.Column> Wanted(ParseResult result, LoadedModel model, IDataView rows) =>
        [.. model.Inputs.Select(input => model.Require(rows, input.ReconstructionColumnName ?? throw model.Lacks($"reconstruction of column '{input.Name}'")))];

    protected override IRowWriter Writer(ParseResult result, LoadedModel model, CsvView view, DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns) =>
        new ColumnsWriter([.. model.Inputs.Zip(columns, (input, column) => CellWriter.Like(row, column, model.Schema[input.Name], view.Columns.NamesOf[model.Schema[input.Name].Index]))]);
}
