using FsCheck;
using FsCheck.Fluent;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>What a case trains for.</summary>
internal enum Aim
{
    Elbo,
    ImportanceWeighted,
    Info,
    TotalCorrelation,
    Autoencoder,
}

/// <summary>One random table and model, and how its rows are read: everything follows from it.</summary>
internal sealed record Case(
    IReadOnlyList<ColumnSpec> Columns,
    int Labels,
    int Rows,
    int Others,
    int BatchSize,
    int Epochs,
    int Latent,
    int HiddenSize,
    bool LayerNorm,
    Aim Aim,
    bool HasVampPrior,
    bool Imputes,
    int Imputations,
    int ScoreDraws,
    int Cursors,
    int Subset,
    int Seed)
{
    /// <summary>Any case, with a way to smaller ones.</summary>
    public static Arbitrary<Case> Any { get; } = Arb.From(
        from columns in Gen.Choose(1, 5).SelectMany(count => ColumnSpec.Any.ListOf(count))
        from labels in Gen.Elements(0, 0, 1, 4)
        from rows in Gen.Elements(1, 2, 17, 40, 100)
        from others in Gen.Elements(1, 3, 31, 64, 65, 200)
        from batchSize in Gen.Elements(1, 7, 16, 64, 1000)
        from epochs in Gen.Choose(1, 2)
        from latent in Gen.Elements(1, 2, 3, 8)
        from hidden in Gen.Elements(0, 1, 5, 16, 33)
        from layerNorm in Gen.Elements(false, true)
        from aim in Gen.Elements(Enum.GetValues<Aim>())
        from vamp in Gen.Elements(false, false, true)
        from imputes in Gen.Elements(false, true)
        from imputations in Gen.Elements(0, 1, 3)
        from scoreDraws in Gen.Elements(1, 1, 5)
        from cursors in Gen.Choose(1, 5)
        from subset in Gen.Choose(0, (1 << 24) - 1)
        from seed in Gen.Choose(1, int.MaxValue - 1)
        select new Case([.. columns], labels, rows, others, batchSize, epochs, latent, hidden, layerNorm, aim, vamp && aim is Aim.Elbo or Aim.ImportanceWeighted, imputes, imputations, scoreDraws, cursors, subset, seed),
        Smaller);

    /// <summary>Adds every column that a VAE can add.</summary>
    public VaeEstimator.Options Options => new()
    {
        InputColumns = [.. Columns.Select((column, index) => column.Settings(RandomRows.NameOf(index)))],
        LabelColumnName = Labels > 0 ? RandomRows.Label : null,
        LogVarianceColumnName = Aim == Aim.Autoencoder ? null : "LogVariance",
        DrawColumnName = "Draw",
        ScoreColumnName = "Score",
        PredictedLabelColumnName = "Odd",
        ReconstructionColumnSuffix = ".Again",
        ImputedColumnSuffix = Imputes ? ".Filled" : null,
        Imputation = Imputations == 0 ? VaeImputation.Mean : VaeImputation.Draw,
        NumberOfImputations = Math.Max(Imputations, 1),
        ImputationDraws = 3,
        ScoreDraws = ScoreDraws,
        LatentDimension = Latent,
        Network = new VaeNetwork.Dense(HiddenSize == 0 ? [] : [HiddenSize]) { LayerNorm = LayerNorm },
        Objective = Aim switch
        {
            Aim.ImportanceWeighted => new VaeObjective.ImportanceWeighted(),
            Aim.Info => new VaeObjective.InfoVae(),
            Aim.TotalCorrelation => new VaeObjective.BetaTotalCorrelation(),
            Aim.Autoencoder => new VaeObjective.Autoencoder(),
            _ => new VaeObjective.Elbo(),
        },
        Prior = HasVampPrior ? new VaePrior.Vamp { Components = 3 } : new VaePrior.StandardNormal(),
        NumberOfEpochs = Epochs,
        BatchSize = BatchSize,
        NumberOfThreads = 1,
        Seed = Seed,
    };

    public override string ToString() =>
        $"{{ Columns = [{string.Join(", ", Columns.Select(column => $"({column.Kind}, {column.Likelihood}, {column.Scaling}, {column.Spread}, size {column.Size}, holes {column.Holes} %)"))}], "
        + $"{nameof(Labels)} = {Labels}, {nameof(Rows)} = {Rows}, {nameof(Others)} = {Others}, {nameof(BatchSize)} = {BatchSize}, {nameof(Epochs)} = {Epochs}, {nameof(Latent)} = {Latent}, "
        + $"{nameof(HiddenSize)} = {HiddenSize}, {nameof(LayerNorm)} = {LayerNorm}, {nameof(Aim)} = {Aim}, {nameof(HasVampPrior)} = {HasVampPrior}, {nameof(Imputes)} = {Imputes}, "
        + $"{nameof(Imputations)} = {Imputations}, {nameof(ScoreDraws)} = {ScoreDraws}, {nameof(Cursors)} = {Cursors}, {nameof(Subset)} = {Subset}, {nameof(Seed)} = {Seed} }}";

    private static IEnumerable<Case> Smaller(Case one)
    {
        for (int i = 0; i < one.Columns.Count && one.Columns.Count > 1; i++)
        {
            yield return one with { Columns = [.. one.Columns.Where((_, index) => index != i)] };
        }
        for (int i = 0; i < one.Columns.Count; i++)
        {
            foreach (ColumnSpec simpler in one.Columns[i].Simpler())
            {
                yield return one with { Columns = [.. one.Columns.Select((column, index) => index == i ? simpler : column)] };
            }
        }
        Case[] simplified =
        [
            one with { Labels = one.Labels / 2 }, one with { Rows = (one.Rows + 1) / 2 }, one with { Others = (one.Others + 1) / 2 }, one with { Epochs = 1 }, one with { Latent = 1 },
            one with { HiddenSize = one.HiddenSize / 2 }, one with { LayerNorm = false }, one with { Aim = Aim.Elbo, HasVampPrior = false }, one with { Imputes = false },
            one with { Imputations = one.Imputations / 2 }, one with { ScoreDraws = 1 }, one with { Cursors = 1 }, one with { Subset = 0 },
        ];
        foreach (Case each in simplified.Where(each => each != one))
        {
            yield return each;
        }
    }
}
