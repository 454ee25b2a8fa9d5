using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Files;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae evaluate</c>: how well a model explains rows.</summary>
internal sealed class EvaluateCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "A model file of vae train." };
    private readonly Argument<string?> _data = new("data") { Description = "A CSV table, best of rows that training did not see; - or nothing: standard input.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The file to write. Default: standard output.", HelpName = "file" };
    private readonly Option<int> _draws = CommandOptions.Number("--draws", "Draws per row of the log-likelihood.", 100);
    private readonly Option<string[]?> _factors = CommandOptions.List("--factors", "columns", "Known factors among the columns that the model reads: adds the mutual information gap.");
    private readonly Option<bool> _json = CommandOptions.Flag("--json", "JSON instead of lines.");
    private readonly CsvOptions _csv;

    public EvaluateCommand(ToolStreams streams, CancellationToken cancellationToken)
        : base("evaluate", "Say how well a model explains rows: ELBO, log-likelihood, KL divergence per dimension, reconstruction errors.")
    {
        Add(_model);
        Add(_data);
        foreach (Option option in (Option[])[_out, _draws, _factors, _json])
        {
            Add(option);
        }
        _csv = new CsvOptions(this);
        SetAction(result => Run(result, streams, cancellationToken));
    }

    private void Run(ParseResult result, ToolStreams streams, CancellationToken cancellationToken)
    {
        using LoadedModel model = ModelFile.Load(result.GetRequiredValue(_model));
        using InputSource source = InputSource.Open(result.GetValue(_data), streams, again: false, cancellationToken);
        CsvView view = model.Read(source, _csv.Read(result));
        using OutputTarget target = OutputTarget.Open(result.GetValue(_out), streams);
        VaeMetrics metrics;
        try
        {
            IDataView rows = model.Prepare(view);
            metrics = model.Ml.Model.EvaluateVariationalAutoencoder(model.Vae, rows, result.GetValue(_draws), result.Given(_factors) ?? []);
        }
        catch (InvalidOperationException error) when (view.Records is { } records)
        {
            throw records.ErrorOf(error);
        }
        Facts facts = FactsOf(metrics);
        facts.Write(target.Stream, result.GetValue(_json));
        target.Commit();
    }

    private static Facts FactsOf(VaeMetrics metrics)
    {
        var facts = new Facts();
        facts.Add("rows", metrics.RowCount);
        if (metrics.RowsWithoutLabel > 0)
        {
            facts.Add("rows without label", metrics.RowsWithoutLabel);
        }
        facts.Add("ELBO", metrics.Elbo, "nats per row");
        facts.Add("reconstruction", metrics.Reconstruction, "nats per row");
        facts.Add("KL", metrics.Kl, "nats per row");
        facts.Add("log-likelihood", metrics.LogLikelihood, $"nats per row, {metrics.Draws.ToString(CultureInfo.InvariantCulture)} draws");
        facts.Add("standard error", metrics.LogLikelihoodStandardError, "nats per row");
        facts.Add("active units", metrics.ActiveUnits);
        facts.Add("KL per dimension", metrics.KlPerDimension);
        if (metrics.MutualInformationGap is { } gap)
        {
            facts.Add("mutual information gap", gap);
        }
        foreach (VaeFactorGap factor in metrics.FactorGaps)
        {
            facts.Add($"gap of {factor.ColumnName}", factor.Gap, $"dimension z{(factor.Dimension + 1).ToString(CultureInfo.InvariantCulture)}");
        }
        foreach (VaeColumnError error in metrics.ReconstructionErrors)
        {
            facts.Add($"error of {error.ColumnName}", error.Error, error.IsErrorRate ? "part of the rows" : "root mean square");
        }
        return facts;
    }
}
