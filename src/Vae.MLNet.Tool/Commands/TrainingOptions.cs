using System.CommandLine;
using System.Globalization;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary>The settings of training on the command line. What is not said is left to the library's default, or to the preset's.</summary>
internal sealed class TrainingOptions
{
    private static readonly VaeEstimator.Options s_default = new();
    private static readonly (string, VaeLikelihood)[] s_likelihoods =
    [
        ("gaussian", VaeLikelihood.Gaussian), ("student-t", VaeLikelihood.StudentT), ("laplace", VaeLikelihood.Laplace), ("bernoulli", VaeLikelihood.Bernoulli),
        ("continuous-bernoulli", VaeLikelihood.ContinuousBernoulli), ("poisson", VaeLikelihood.Poisson), ("multinomial", VaeLikelihood.Multinomial),
    ];

    private static readonly (string, VaeScaling)[] s_scalings = [("standard", VaeScaling.Standard), ("quantile", VaeScaling.Quantile), ("none", VaeScaling.None)];

    private readonly List<Action<ParseResult, VaeEstimator.Options>> _setters = [];
    private readonly Command _command;
    private readonly Option<bool> _anomalies = CommandOptions.Flag("--anomalies", "Start from settings for anomalies in tables (ForAnomalyDetection): latent 2, Student-t, layers 128,64, a tenth of each batch left out, 64 draws per score.");
    private readonly Option<VaeLikelihood?> _likelihood = CommandOptions.Choice("--likelihood", "p(x|z) of numbers. Default gaussian; bernoulli for columns of 0 and 1 and for images.", s_likelihoods);
    private readonly Option<VaeScaling?> _scaling = CommandOptions.Choice("--scaling", "Of numbers inside the model; quantile for heavy tails and better samples. Default standard.", s_scalings);
    private readonly Option<string[]?> _columns = new("--column")
    {
        HelpName = "name=setting,...",
        Description = $"Settings of one column: number or category; {string.Join(", ", s_likelihoods.Select(each => each.Item1))}; {string.Join(", ", s_scalings.Select(each => each.Item1))}. May be said for several columns.",
    };

    private readonly NetworkOptions _network;
    private readonly ObjectiveOptions _objective;

    public TrainingOptions(Command command)
    {
        _command = command;
        command.Add(_anomalies);
        Add(CommandOptions.Number<int>("--latent", "n", $"Numbers in a latent. Default {s_default.LatentDimension}."), (options, value) => options.LatentDimension = value);
        Add(CommandOptions.Number<int>("--epochs", "n", $"How many times training goes over all rows. Default {s_default.NumberOfEpochs}."), (options, value) => options.NumberOfEpochs = value);
        Add(CommandOptions.Number<int>("--batch", "rows", $"Rows per step. Default {s_default.BatchSize}."), (options, value) => options.BatchSize = value);
        Add(CommandOptions.Number<double>("--learning-rate", "x", $"Step size of Adam. Default {Text(s_default.LearningRate)}."), (options, value) => options.LearningRate = value);
        Add(CommandOptions.Choice("--schedule", "How the step size changes. Default cosine.", ("cosine", VaeLearningRateSchedule.Cosine), ("constant", VaeLearningRateSchedule.Constant), ("plateau", VaeLearningRateSchedule.Plateau)), (options, value) => options.LearningRateSchedule = value);
        Add(CommandOptions.Number<int>("--warm-up", "epochs", "Epochs in which the step size rises. Default 0."), (options, value) => options.LearningRateWarmUpEpochs = value);
        Add(CommandOptions.Number<double>("--weight-decay", "x", "AdamW's. Default 0."), (options, value) => options.WeightDecay = value);
        Add(CommandOptions.Number<double>("--gradient-clipping", "norm", "The largest norm of a gradient. Default: no limit."), (options, value) => options.GradientClipping = value);
        Add(CommandOptions.Number<double>("--trimming", "part", "The part of each batch that fits worst and is left out. Default 0."), (options, value) => options.TrimmingRate = value);
        _network = new NetworkOptions(command);
        command.Add(_likelihood);
        command.Add(_scaling);
        command.Add(_columns);
        Add(CommandOptions.Parsed("--noise", "per-feature|shared|number", "The width of gaussian, laplace and student-t. Default per-feature.", ParseNoise), (options, value) => options.Noise = value);
        _objective = new ObjectiveOptions(command);
        Add(CommandOptions.Number<double>("--input-noise", "deviation", "Normal noise on the numbers that the encoder sees. Default 0."), (options, value) => options.InputNoise = value);
        Add(CommandOptions.Number<double>("--masking-rate", "part", "The part of the values that training hides from the encoder; above 0 the model takes missing cells, also if the training rows have none. Default 0."), (options, value) => options.MaskingRate = value);
        Add(CommandOptions.Choice("--imputation", "What vae impute fills holes with. Default mean.", ("mean", VaeImputation.Mean), ("draw", VaeImputation.Draw)), (options, value) => options.Imputation = value);
        Add(CommandOptions.Number<int>("--imputation-draws", "n", $"Draws of the latent per row with holes. Default {s_default.ImputationDraws}."), (options, value) => options.ImputationDraws = value);
        Add(CommandOptions.Number<int>("--score-draws", "n", "Draws per score: with 1 the negative ELBO, with more a tighter bound. Default 1."), (options, value) => options.ScoreDraws = value);
        Add(CommandOptions.Number<double>("--contamination", "part", $"The part of the training rows that vae score is to take for anomalies. Default {Text(s_default.Contamination)}."), (options, value) => options.Contamination = value);
        Add(CommandOptions.Number<double>("--validation", "part", "The part of the rows that is held out to validate every epoch. Default: none."), (options, value) => options.ValidationFraction = value);
        Add(CommandOptions.Number<int>("--patience", "epochs", "Stop after so many epochs without a better validation ELBO. Default: never."), (options, value) => options.EarlyStoppingPatience = value);
        Add(CommandOptions.Text("--checkpoint", "folder", "Keeps the state of training here; the same command goes on from it. Default: none."), (options, value) => options.CheckpointFolder = value);
        Add(CommandOptions.Number<int>("--checkpoint-interval", "epochs", "Epochs from one checkpoint to the next. Default 1."), (options, value) => options.CheckpointInterval = value);
        Add(CommandOptions.Choice("--cache", "Whether rows are kept in memory, or read again in every epoch. Default auto: kept if they fit.", ("auto", VaeRowCache.Auto), ("always", VaeRowCache.Always), ("never", VaeRowCache.Never)), (options, value) => options.CacheRows = value);
        Add(CommandOptions.Number<int>("--threads", "n", "Threads that training computes with. Default: all cores."), (options, value) => options.NumberOfThreads = value);
        Add(CommandOptions.Choice("--device", "Where training computes. Default auto.", ("auto", VaeDevice.Auto), ("cpu", VaeDevice.Cpu), ("cuda", VaeDevice.Cuda)), (options, value) => options.Device = value);
        Add(CommandOptions.Number<int>("--max-categories", "n", $"The most different texts of a column. Default {s_default.MaximumCategories}."), (options, value) => options.MaximumCategories = value);
    }

    /// <summary>The settings, but for the columns.</summary>
    /// <exception cref="ToolException">Settings contradict each other.</exception>
    public VaeEstimator.Options Read(ParseResult result, ImageShape? image)
    {
        VaeEstimator.Options options = result.GetValue(_anomalies) ? VaeEstimator.Options.ForAnomalyDetection() : new VaeEstimator.Options();
        foreach (Action<ParseResult, VaeEstimator.Options> set in _setters)
        {
            set(result, options);
        }
        options.MaskingRate ??= 0;
        options.Likelihood = result.GetValue(_likelihood) ?? (image is null ? options.Likelihood : VaeLikelihood.Bernoulli);
        _network.Set(result, options, image);
        _objective.Set(result, options);
        return options;
    }

    public VaeLikelihood? Likelihood(ParseResult result) => result.GetValue(_likelihood);

    public VaeScaling? Scaling(ParseResult result) => result.GetValue(_scaling);

    /// <summary>What is said of single columns.</summary>
    /// <exception cref="ToolException">Something is no setting.</exception>
    public IReadOnlyDictionary<string, ColumnChoice> Columns(ParseResult result)
    {
        var choices = new Dictionary<string, ColumnChoice>(StringComparer.Ordinal);
        foreach (string text in result.Given(_columns) ?? [])
        {
            int equals = text.LastIndexOf('=');
            if (equals < 1 || !choices.TryAdd(text[..equals], ChoiceOf(text[..equals], text[(equals + 1)..].Split(','))))
            {
                throw new ToolException(ExitCode.Usage, $"--column takes name=setting,... once for each column, not '{text}'.");
            }
        }
        return choices;
    }

    private static ColumnChoice ChoiceOf(string name, string[] settings)
    {
        var choice = new ColumnChoice();
        foreach (string setting in settings)
        {
            choice = setting switch
            {
                "number" => choice with { IsCategory = false },
                "category" => choice with { IsCategory = true },
                _ when s_likelihoods.FirstOrDefault(each => each.Item1 == setting) is (not null, var likelihood) => choice with { Likelihood = likelihood },
                _ when s_scalings.FirstOrDefault(each => each.Item1 == setting) is (not null, var scaling) => choice with { Scaling = scaling },
                _ => throw new ToolException(ExitCode.Usage, $"--column {name}: '{setting}' is no setting of a column (vae train --help lists them)."),
            };
        }
        return choice.IsCategory == true && (choice.Likelihood is not null || choice.Scaling is not null)
            ? throw new ToolException(ExitCode.Usage, $"--column {name}: a category has no likelihood and no scaling to choose.")
            : choice;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static VaeNoise? ParseNoise(string text) => text switch
    {
        "per-feature" => VaeNoise.PerFeature,
        "shared" => VaeNoise.Shared,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) && scale is >= 1e-3 and <= 1e3 => VaeNoise.Fixed(scale),
        _ => null,
    };

    private void Add<T>(Option<T?> option, Action<VaeEstimator.Options, T> set)
        where T : struct
    {
        _command.Add(option);
        _setters.Add((result, options) =>
        {
            if (result.GetValue(option) is { } value)
            {
                set(options, value);
            }
        });
    }

    private void Add<T>(Option<T?> option, Action<VaeEstimator.Options, T> set)
        where T : class
    {
        _command.Add(option);
        _setters.Add((result, options) =>
        {
            if (result.GetValue(option) is { } value)
            {
                set(options, value);
            }
        });
    }
}
