using System.CommandLine;
using Vae.MLNet.Report;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Files;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae report</c>: a page to look at.</summary>
internal sealed class ReportCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "A model file of vae train." };
    private readonly Argument<string?> _data = new("data") { Description = "A CSV table, best of rows that training did not see; - or nothing: standard input.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The file to write. Default: standard output.", HelpName = "report.html" };
    private readonly Option<string?> _title = CommandOptions.Text("--title", "text", "The heading. Default: the name of the model's file.");
    private readonly Option<string?> _label = CommandOptions.Text("--label", "column", "A column of the training table that colours the map and is shown beside rows. Default: the model's label, if it has one.");
    private readonly Option<int?> _rows = CommandOptions.Number<int>("--rows", "n", "The most rows that are looked at; of more so many are drawn. Default 5000.");
    private readonly Option<string?> _load = CommandOptions.Text("--load-sampler", "file", "A sampler kept by vae sample, for the samples. Default: the model's prior.");
    private readonly CsvOptions _csv;

    public ReportCommand(ToolStreams streams, CancellationToken cancellationToken)
        : base("report", "Write one self-contained HTML file to look at: training curves, reconstructions, samples, a map of the latents, traversals, the strangest rows.")
    {
        Add(_model);
        Add(_data);
        foreach (Option option in (Option[])[_out, _title, _label, _rows, _load])
        {
            Add(option);
        }
        _csv = new CsvOptions(this);
        SetAction(result => Run(result, streams, cancellationToken));
    }

    private void Run(ParseResult result, ToolStreams streams, CancellationToken cancellationToken)
    {
        using LoadedModel model = ModelFile.Load(result.GetRequiredValue(_model));
        using var sampler = result.GetValue(_load) is { } file ? SamplerFile.Load(file) : null;
        using InputSource source = InputSource.Open(result.GetValue(_data), streams, again: false, cancellationToken);
        CsvView view = model.Read(source, _csv.Read(result));
        using OutputTarget target = OutputTarget.Open(result.GetValue(_out), streams);
        var options = new VaeReportOptions
        {
            Title = result.GetValue(_title) ?? Path.GetFileName(model.Path),
            LabelColumnName = result.GetValue(_label),
            ImageShape = model.Schema.Select(ColumnFacts.ImageShapeOf).FirstOrDefault(shape => shape is not null) is { } image ? new VaeImageShape(image.Height, image.Width, image.Channels) : null,
            Sampler = sampler,
            CancellationToken = cancellationToken,
        };
        options.MaximumRows = result.GetValue(_rows) ?? options.MaximumRows;
        try
        {
            VaeReport.Save(model.Ml, model.Vae, model.Prepare(view), target.Stream, options);
        }
        catch (InvalidOperationException error) when (view.Records is { } records)
        {
            throw records.ErrorOf(error);
        }
        target.Commit();
    }
}
