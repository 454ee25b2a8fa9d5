using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Files;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae train</c>: a table in, a model file out.</summary>
internal sealed class TrainCommand : Command
{
    private readonly Argument<string?> _data = new("data") { Description = "A CSV table; - or nothing: standard input, which is put into a temporary file first.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _out = new("--out", "-o") { Description = "The model file.", HelpName = "model.zip", Required = true };
    private readonly Option<string?> _label = CommandOptions.Text("--label", "column", "A category that encoder and decoder are told: a conditional model.");
    private readonly Option<string[]?> _ignore = CommandOptions.List("--ignore", "columns", "Columns that are no inputs.");
    private readonly Option<string?> _weight = CommandOptions.Text("--weight", "column", "How much a row counts: numbers of at least 0.");
    private readonly Option<ImageShape?> _image = CommandOptions.Parsed("--image", "28x28|32x32x3", "All other columns are the pixels of an image: height x width (x channels, one after the other), from 0 to 255 or from 0 to 1.", ImageShape.Parse);
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "Fixes everything random.", 1);
    private readonly Option<bool> _quiet = CommandOptions.Flag("--quiet", "Say nothing of progress.");
    private readonly CsvOptions _csv;
    private readonly TrainingOptions _training;

    public TrainCommand(ToolStreams streams, CancellationToken cancellationToken)
        : base("train", "Train a variational autoencoder on a table. Numbers, truth values and categories are told apart by looking; cells may be missing.")
    {
        Add(_data);
        foreach (Option option in (Option[])[_out, _label, _ignore, _weight, _image, _seed, _quiet])
        {
            Add(option);
        }
        _csv = new CsvOptions(this);
        _training = new TrainingOptions(this);
        SetAction(result => Run(result, streams, cancellationToken));
    }

    private void Run(ParseResult result, ToolStreams streams, CancellationToken cancellationToken)
    {
        ImageShape? image = result.GetValue(_image);
        VaeEstimator.Options options = _training.Read(result, image);
        CsvFormat format = _csv.Read(result);
        using InputSource source = InputSource.Open(result.GetValue(_data), streams, again: true, cancellationToken);
        var profile = TableProfile.Read(source, format, options.MaximumCategories, cancellationToken);
        var table = TrainingTable.Of(profile, new TableChoices
        {
            Label = result.GetValue(_label),
            Weight = result.GetValue(_weight),
            Ignored = result.Given(_ignore) ?? [],
            Image = image,
            Columns = _training.Columns(result),
            Likelihood = _training.Likelihood(result),
            ExpectsHoles = options.MaskingRate > 0,
        }, source.Name);
        Complete(options, table, result);
        options.CancellationToken = cancellationToken;
        options.Seed = result.GetValue(_seed);
        format = format with { Header = profile.HasHeader ? CsvHeader.Yes : CsvHeader.No, Separator = profile.Separator };

        // Before training, so that it is not in vain.
        using OutputTarget target = OutputTarget.Open(result.GetValue(_out), streams);
        var ml = new MLContext(options.Seed);
        using var display = new TrainingDisplay(streams, result.GetValue(_quiet), options.NumberOfEpochs, profile.RowCount);
        ml.Log += display.Log;
        options.Progress = display;
        var view = new CsvView(source, format, table.Schema);
        try
        {
            ITransformer model = display.Run(() => Fit(ml, table, options, view));
            using var memory = model as IDisposable;
            ModelFile.Save(ml, model, table.Schema, target);
        }
        catch (OperationCanceledException) when (options.CheckpointFolder is { } folder)
        {
            display.Say($"cancelled; the same command goes on from the checkpoint in {folder}");
            throw;
        }
        catch (InvalidOperationException error) when (view.Records is { } records && CsvRecords.IsOfRow(error))
        {
            throw records.ErrorOf(error);
        }
        target.Commit();
    }

    private void Complete(VaeEstimator.Options options, TrainingTable table, ParseResult result)
    {
        VaeScaling? scaling = _training.Scaling(result);
        options.InputColumnName = null;
        options.InputColumns = scaling is null ? table.Inputs : [.. table.Inputs.Select(input => CanScale(input, options, table) ? input with { Scaling = input.Scaling ?? scaling } : input)];
        options.LabelColumnName = result.GetValue(_label);
        options.ExampleWeightColumnName = result.GetValue(_weight);
        ModelColumns.Name(options, takesHoles: table.HasHoles || options.MaskingRate > 0);
    }

    // Numbers with a likelihood that has a scale.
    private static bool CanScale(VaeInputColumn input, VaeEstimator.Options options, TrainingTable table) =>
        !table.Texts.Contains(input.Name) && table.Schema[input.Name].Type is not BooleanDataViewType
        && (input.Likelihood ?? options.Likelihood) is VaeLikelihood.Gaussian or VaeLikelihood.StudentT or VaeLikelihood.Laplace;

    private static ITransformer Fit(MLContext ml, TrainingTable table, VaeEstimator.Options options, CsvView view)
    {
        VaeEstimator estimator = ml.Transforms.VariationalAutoencoder(options);
        InputOutputColumnPair[] texts = [.. table.Texts.Select(name => new InputOutputColumnPair(name))];
        if (texts.Length == 0)
        {
            return estimator.Fit(view);
        }
        ITransformer keys = ml.Transforms.Conversion.MapValueToKey(texts).Fit(view);
        return new TransformerChain<ITransformer>(keys, estimator.Fit(MappedView.Of(keys, view)));
    }
}
