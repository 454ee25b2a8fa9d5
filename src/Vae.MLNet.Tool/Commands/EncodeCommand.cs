using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae encode</c>: the latents of rows.</summary>
internal sealed class EncodeCommand : RowCommand
{
    private readonly Option<bool> _logVariance = CommandOptions.Flag("--log-variance", "Also the log-variance of q(z|x): how sure the encoder is.");
    private readonly Option<bool> _draw = CommandOptions.Flag("--draw", "A draw from q(z|x) in place of its mean; it depends on the row's number and the model's seed.");

    public EncodeCommand(ToolStreams streams, CancellationToken cancellationToken)
        : base("encode", "Write the latent of each row: the mean of q(z|x), as columns z1, z2, ...", keepsAll: false, streams, cancellationToken)
    {
        Add(_logVariance);
        Add(_draw);
    }

    protected override IReadOnlyList<DataViewSchema.Column> Wanted(ParseResult result, LoadedModel model, IDataView rows)
    {
        var columns = new List<DataViewSchema.Column> { model.Require(rows, result.GetValue(_draw) ? ModelColumns.Draw : ModelColumns.Latent) };
        if (result.GetValue(_logVariance))
        {
            columns.Add(model.Require(rows, ModelColumns.LogVariance));
        }
        return columns;
    }

    protected override IRowWriter Writer(ParseResult result, LoadedModel model, CsvView view, DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        string[] Names(string prefix) => [.. Enumerable.Range(1, model.Vae.LatentDimension).Select(number => $"{prefix}{number.ToString(CultureInfo.InvariantCulture)}")];
        return new ColumnsWriter([.. columns.Select((column, index) => CellWriter.Of(row, column, Names(index == 0 ? "z" : "logvar")))]);
    }
}
