using System.CommandLine;
using Microsoft.ML;
using Vae.MLNet.Sampling;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Files;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae sample</c>: new rows out of a model.</summary>
internal sealed class SampleCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "A model file of vae train." };
    private readonly Option<long> _rows = CommandOptions.Number("--rows", "How many rows.", 1000L, "-n");
    private readonly Option<string?> _out = new("--out", "-o") { Description = "The file to write. Default: standard output.", HelpName = "file" };
    private readonly Option<Kind?> _sampler = CommandOptions.Choice(
        "--sampler", "Where latents come from. Default prior; the others are fitted to the rows of --fit.", ("prior", Kind.Prior), ("mixture", Kind.Mixture), ("flow", Kind.Flow), ("two-stage", Kind.TwoStage), ("posterior", Kind.Posterior));

    private readonly Option<string?> _fit = CommandOptions.Text("--fit", "data.csv", "The training table, for the samplers that are fitted; - for standard input.");
    private readonly Option<string?> _save = CommandOptions.Text("--save-sampler", "file", "Keep the fitted sampler.");
    private readonly Option<string?> _load = CommandOptions.Text("--load-sampler", "file", "A kept sampler.");
    private readonly Option<string?> _label = CommandOptions.Text("--label", "value", "The label of all rows, of a conditional model. Default: as often as in training.");
    private readonly Option<double?> _temperature = CommandOptions.Number<double>("--temperature", "x", "prior, posterior: on the standard deviations; below 1 rows are more typical and less varied. Default 1.");
    private readonly Option<bool> _mean = CommandOptions.Flag("--mean", "Rows without noise, as one wants to look at images: the means of p(x|z), not draws from it.");
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "The same seed gives the same rows.", 1);
    private readonly CsvOptions _csv;

    public SampleCommand(ToolStreams streams, CancellationToken cancellationToken)
        : base("sample", "Draw new rows from a model: the columns of the training table, in its units.")
    {
        Add(_model);
        foreach (Option option in (Option[])[_rows, _out, _sampler, _fit, _save, _load, _label, _temperature, _mean, _seed])
        {
            Add(option);
        }
        _csv = new CsvOptions(this);
        Validators.Add(result =>
        {
            Kind kind = result.GetValue(_sampler) ?? Kind.Prior;
            bool isLoaded = result.GetValue(_load) is not null;
            if (isLoaded && (result.GetValue(_sampler) is not null || result.GetValue(_fit) is not null || result.GetValue(_save) is not null || result.GetValue(_temperature) is not null))
            {
                result.AddError("--load-sampler brings its own settings: --sampler, --fit, --temperature and --save-sampler do not go with it.");
            }
            else if (!isLoaded && kind == Kind.Prior == (result.GetValue(_fit) is not null))
            {
                result.AddError(kind == Kind.Prior ? "--fit is for --sampler mixture, flow, two-stage or posterior." : "This sampler is fitted to rows: name the training table by --fit.");
            }
            else if (result.GetValue(_temperature) is { } temperature && (kind is not (Kind.Prior or Kind.Posterior) || !(temperature > 0 && double.IsFinite(temperature))))
            {
                result.AddError("--temperature is for --sampler prior or posterior, and above 0.");
            }
            else if (result.GetValue(_rows) is < 0 or > 1L << 40)
            {
                result.AddError("--rows is to be from 0 to 2^40.");
            }
        });
        SetAction(result => Run(result, streams, cancellationToken));
    }

    private enum Kind
    {
        Prior,
        Mixture,
        Flow,
        TwoStage,
        Posterior,
    }

    private void Run(ParseResult result, ToolStreams streams, CancellationToken cancellationToken)
    {
        using LoadedModel model = ModelFile.Load(result.GetRequiredValue(_model));
        CsvFormat format = _csv.Read(result);
        using VaeSampler sampler = Sampler(result, model, format, streams, cancellationToken);
        if (result.GetValue(_save) is { } file)
        {
            SamplerFile.Save(sampler, file);
        }
        IDataView rows = model.Ml.Data.SampleFromVae(model.Transformer, result.GetValue(_rows), new VaeSamplingOptions
        {
            Sampler = sampler,
            Decoding = result.GetValue(_mean) ? VaeDecoding.Mean : VaeDecoding.Draw,
            Label = result.GetValue(_label),
            Seed = result.GetValue(_seed),
        });
        string[] trained = [.. model.Inputs.Select(input => input.Name), .. model.Vae.LabelColumnName is { } label ? new[] { label } : []];
        // In the order of the training table.
        DataViewSchema.Column[] columns = [.. rows.Schema.Where(column => !column.IsHidden && trained.Contains(column.Name) && model.Schema.GetColumnOrNull(column.Name) is not null).OrderBy(column => model.Schema[column.Name].Index)];
        var names = CsvColumns.Of(model.Schema);
        using DataViewRowCursor cursor = rows.GetRowCursor(columns);
        CellWriter[] writers = [.. columns.Select(column => CellWriter.Like(cursor, column, model.Schema[column.Name], names.NamesOf[model.Schema[column.Name].Index]))];
        using OutputTarget target = OutputTarget.Open(result.GetValue(_out), streams);
        var output = new CsvOutput(target, format.Separator ?? ',');
        if (format.Header == CsvHeader.Yes || (format.Header == CsvHeader.Auto && !names.AreNumbered))
        {
            output.Header(writers.SelectMany(writer => writer.Names));
        }
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (CellWriter writer in writers)
            {
                writer.WriteAll(output);
            }
            output.EndRow();
        }
        output.Flush();
        target.Commit();
    }

    private VaeSampler Sampler(ParseResult result, LoadedModel model, CsvFormat format, ToolStreams streams, CancellationToken cancellationToken)
    {
        if (result.GetValue(_load) is { } file)
        {
            return SamplerFile.Load(file);
        }
        double temperature = result.GetValue(_temperature) ?? 1;
        Kind kind = result.GetValue(_sampler) ?? Kind.Prior;
        if (kind == Kind.Prior)
        {
            return new PriorSampler(temperature);
        }
        using InputSource source = InputSource.Open(result.GetValue(_fit), streams, again: true, cancellationToken);
        CsvView view = model.Read(source, format);
        try
        {
            IDataView rows = model.Prepare(view);
            return kind switch
            {
                Kind.Mixture => GaussianMixtureSampler.Fit(model.Vae, rows, new() { CancellationToken = cancellationToken }),
                Kind.Flow => FlowSampler.Fit(model.Vae, rows, new() { CancellationToken = cancellationToken }),
                Kind.TwoStage => TwoStageSampler.Fit(model.Vae, rows, new() { CancellationToken = cancellationToken }),
                _ => PosteriorSampler.Fit(model.Vae, rows, temperature, cancellationToken),
            };
        }
        catch (InvalidOperationException error) when (view.Records is { } records)
        {
            throw records.ErrorOf(error);
        }
    }
}
