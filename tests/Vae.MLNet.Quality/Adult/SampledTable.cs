using Vae.MLNet.Sampling;

namespace Vae.MLNet.Quality.Adult;

/// <summary>New rows of a real table: worth nearly as much as real ones to train a classifier on, and most of all with latents from a fitted sampler.</summary>
internal static class SampledTable
{
    public const int Rows = 32_561;

    public static Figure Figure { get; } = new("adult-samples", "rows sampled from a model of Adult, by sampler", AdultTable.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var table = new AdultTable(effort);
        using VaeTransformer model = table.Ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            InputColumns = AdultTable.InputColumns,
            Seed = effort.Seed ?? 1,
        }).Fit(table.Training);
        AdultTable.Head(report);

        SampleWorth prior = Sampled("prior", new PriorSampler());
        Fitted("mixture", GaussianMixtureSampler.Fit(model, table.Training));
        if (effort.IsShort)
        {
            return;
        }
        // Its default of epochs: after 15 some correlations are worse than the prior's with seeds 2 and 3.
        using FlowSampler flow = FlowSampler.Fit(model, table.Training);
        Fitted("flow", flow);
        using TwoStageSampler second = TwoStageSampler.Fit(model, table.Training);
        Judge("two-stage", second);
        Judge("posterior", PosteriorSampler.Fit(model, table.Training));

        SampleWorth Judge(string name, VaeSampler sampler) =>
            table.Judge(name, table.Ml.Data.SampleFromVae(model, effort.Of(Rows / 4, Rows), sampler, seed: 5), report);

        SampleWorth Sampled(string name, VaeSampler sampler)
        {
            SampleWorth worth = Judge(name, sampler);
            // Mixture and flow hold it with seeds 1, 2 and 3; the prior does not with 2, where it is 0.0203 below.
            report.AtLeast($"accuracy, {name} against real rows", worth.Accuracy, worth.AccuracyOfReal - effort.Of(0.03, 0.02));
            report.AtLeast($"columns, {name}", worth.Columns, 0.90);
            // Near to training rows no more than real rows are.
            report.AtLeast($"nearest neighbour ratio, {name} against held-out rows", worth.NeighbourRatio, worth.HeldOutNeighbourRatio - 0.05);
            report.AtMost($"nearest neighbour ratio, {name}", worth.NeighbourRatio, 1);
            report.AtMost($"copies, {name} against held-out rows", worth.Copies, worth.HeldOutCopies + 0.01);
            return worth;
        }

        void Fitted(string name, VaeSampler sampler)
        {
            SampleWorth worth = Sampled(name, sampler);
            report.AtLeast($"columns, {name} against the prior", worth.Columns, prior.Columns);
            report.AtLeast($"correlations, {name} against the prior", worth.Correlations, prior.Correlations);
            report.AtLeast($"pairs with a category, {name} against the prior", worth.Contingencies, prior.Contingencies);
            // An accuracy over 6,513 rows has a standard error of 0.0045; in the short form, over 1,629, of 0.009.
            report.AtLeast($"accuracy, {name} against the prior", worth.Accuracy, prior.Accuracy - effort.Of(0.02, 0.01));
        }
    }
}
