using System.CommandLine;

namespace Vae.MLNet.Tool.Commands;

/// <summary>What training maximises, and the prior, on the command line.</summary>
internal sealed class ObjectiveOptions
{
    private readonly Option<Kind?> _kind = CommandOptions.Choice(
        "--objective", "What training maximises. Default elbo.", ("elbo", Kind.Elbo), ("tcvae", Kind.TotalCorrelation), ("info", Kind.Info), ("iwae", Kind.ImportanceWeighted), ("autoencoder", Kind.Autoencoder));

    private readonly Option<double?> _beta = CommandOptions.Number<double>("--beta", "x", "elbo: the weight of the KL divergence (1); tcvae: of the total correlation (6).");
    private readonly Option<double?> _alpha = CommandOptions.Number<double>("--alpha", "x", "tcvae: the weight of the mutual information (1); info: how much of the KL divergence is given up (0.5).");
    private readonly Option<double?> _gamma = CommandOptions.Number<double>("--gamma", "x", "tcvae: the weight of the dimension-wise KL divergence (1).");
    private readonly Option<double?> _lambda = CommandOptions.Number<double>("--lambda", "x", "info: with alpha the weight of the discrepancy (100).");
    private readonly Option<int?> _samples = CommandOptions.Number<int>("--samples", "n", "iwae: draws per row and step (5).");
    private readonly Option<double?> _capacity = CommandOptions.Number<double>("--capacity", "nats", "elbo: the KL divergence that is asked for at the end, with a beta above 1.");
    private readonly Option<double?> _freeBits = CommandOptions.Number<double>("--free-bits", "nats", "elbo: nats per latent dimension that cost nothing. Default 0.");
    private readonly Option<int?> _klWarmUp = CommandOptions.Number<int>("--kl-warm-up", "epochs", "elbo, tcvae: epochs in which the weight of the KL divergence rises. Default: none.");
    private readonly Option<int?> _klCycles = CommandOptions.Number<int>("--kl-cycles", "n", "elbo, tcvae: it rises so many times instead.");
    private readonly Option<PriorKind?> _prior = CommandOptions.Choice("--prior", "p(z). Default normal.", ("normal", PriorKind.Normal), ("vamp", PriorKind.Vamp));
    private readonly Option<int?> _components = CommandOptions.Number<int>("--components", "n", "vamp: pseudo-inputs (100).");

    public ObjectiveOptions(Command command)
    {
        foreach (Option option in (Option[])[_kind, _beta, _alpha, _gamma, _lambda, _samples, _capacity, _freeBits, _klWarmUp, _klCycles, _prior, _components])
        {
            command.Add(option);
        }
    }

    private enum Kind
    {
        Elbo,
        TotalCorrelation,
        Info,
        ImportanceWeighted,
        Autoencoder,
    }

    private enum PriorKind
    {
        Normal,
        Vamp,
    }

    /// <exception cref="ToolException">A setting is of another objective.</exception>
    public void Set(ParseResult result, VaeEstimator.Options options)
    {
        Kind kind = result.GetValue(_kind) ?? Kind.Elbo;
        (Option, Kind[])[] uses =
        [
            (_beta, [Kind.Elbo, Kind.TotalCorrelation]), (_alpha, [Kind.TotalCorrelation, Kind.Info]), (_gamma, [Kind.TotalCorrelation]), (_lambda, [Kind.Info]), (_samples, [Kind.ImportanceWeighted]),
            (_capacity, [Kind.Elbo]), (_freeBits, [Kind.Elbo]), (_klWarmUp, [Kind.Elbo, Kind.TotalCorrelation]), (_klCycles, [Kind.Elbo, Kind.TotalCorrelation]),
        ];
        if (uses.FirstOrDefault(use => result.GetResult(use.Item1) is not null && !use.Item2.Contains(kind)).Item1 is { } wrong)
        {
            throw new ToolException(ExitCode.Usage, $"{wrong.Name} is no setting of this objective (vae train --help says of which).");
        }
        options.Objective = kind switch
        {
            Kind.TotalCorrelation => Set(new VaeObjective.BetaTotalCorrelation(), result),
            Kind.Info => Set(new VaeObjective.InfoVae(), result),
            Kind.ImportanceWeighted => new VaeObjective.ImportanceWeighted { Samples = result.GetValue(_samples) ?? new VaeObjective.ImportanceWeighted().Samples },
            Kind.Autoencoder => new VaeObjective.Autoencoder(),
            _ => new VaeObjective.Elbo { Beta = result.GetValue(_beta) ?? 1, Capacity = result.GetValue(_capacity), FreeBits = result.GetValue(_freeBits) ?? 0, WarmUp = WarmUp(result) },
        };
        bool isVamp = result.GetValue(_prior) == PriorKind.Vamp;
        if (result.GetValue(_components) is not null && !isVamp)
        {
            throw new ToolException(ExitCode.Usage, "--components is for --prior vamp.");
        }
        options.Prior = isVamp ? new VaePrior.Vamp { Components = result.GetValue(_components) ?? new VaePrior.Vamp().Components } : new VaePrior.StandardNormal();
    }

    private VaeObjective.BetaTotalCorrelation Set(VaeObjective.BetaTotalCorrelation usual, ParseResult result) => new()
    {
        Alpha = result.GetValue(_alpha) ?? usual.Alpha,
        Beta = result.GetValue(_beta) ?? usual.Beta,
        Gamma = result.GetValue(_gamma) ?? usual.Gamma,
        WarmUp = WarmUp(result),
    };

    private VaeObjective.InfoVae Set(VaeObjective.InfoVae usual, ParseResult result) => new() { Alpha = result.GetValue(_alpha) ?? usual.Alpha, Lambda = result.GetValue(_lambda) ?? usual.Lambda };

    private VaeKlWarmUp? WarmUp(ParseResult result) => (result.GetValue(_klWarmUp), result.GetValue(_klCycles)) switch
    {
        ({ } epochs, null) => VaeKlWarmUp.Linear(epochs),
        (null, { } cycles) => VaeKlWarmUp.Cyclical(cycles),
        (null, null) => null,
        _ => throw new ToolException(ExitCode.Usage, "--kl-warm-up and --kl-cycles are two ways: one of them is wanted."),
    };
}
