using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Sampling;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>New rows of a real table (UCI Adult; Becker and Kohavi, 1996): worth nearly as much as real ones to train a classifier on, and most of all with latents from a fitted sampler.</summary>
public sealed class AdultSamplingTests(ITestOutputHelper output)
{
    private const int SampledRows = 32561;
    private const int NeighbourRows = 500;

    private static readonly string[] s_numbers = ["Age", "FinalWeight", "EducationYears", "CapitalGain", "CapitalLoss", "HoursPerWeek"];
    private static readonly string[] s_features = ["WorkClass", "Education", "MaritalStatus", "Occupation", "Relationship", "Race", "Sex", "NativeCountry"];
    private static readonly string[] s_categories = [.. s_features, "Income"];
    // As the header of the file has them.
    private const string CategoriesOfFile = "workclass,education,marital-status,occupation,relationship,race,sex,native-country,income";

    [SkippableFact]
    public void Sampled_rows_train_a_classifier_nearly_as_well_as_real_ones_and_fitted_samplers_are_no_worse_than_the_prior()
    {
        var table = new Table(Lines());
        var clock = Stopwatch.StartNew();
        using VaeTransformer model = table.Ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            InputColumns = [.. s_numbers.Select(name => new VaeInputColumn(name) { Scaling = VaeScaling.Quantile }), .. s_categories.Select(name => new VaeInputColumn(name))],
            // Another one for another look: VAE_SEED=2.
            Seed = Setting("VAE_SEED") ?? 1,
        }).Fit(table.Training);
        output.WriteLine($"trained in {clock.Elapsed.TotalSeconds:F0} s");

        Worth prior = Sampled("prior", new PriorSampler());
        Worth mixture = Sampled("mixture", GaussianMixtureSampler.Fit(model, table.Training));
        // Its default of epochs: after 15 some correlations are worse than the prior's with seeds 2 and 3.
        using FlowSampler flows = FlowSampler.Fit(model, table.Training);
        Worth flow = Sampled("flow", flows);
        // The other samplers for a long look: VAE_SAMPLERS=1.
        if (Setting("VAE_SAMPLERS") is not null)
        {
            using TwoStageSampler second = TwoStageSampler.Fit(model, table.Training);
            Sampled("two-stage", second);
            Sampled("posterior", PosteriorSampler.Fit(model, table.Training));
        }
        Assert.All([prior, mixture, flow], worth =>
        {
            // Mixture and flow hold it with seeds 1, 2 and 3; the prior does not with 2, where it is 0.0203 below.
            Assert.True(worth.Accuracy >= worth.AccuracyOfReal - 0.02, $"{worth}");
            Assert.True(worth.Columns >= 0.90, $"{worth}");
            // Near to training rows no more than real rows are.
            Assert.InRange(worth.NeighbourRatio, worth.HoldOutNeighbourRatio - 0.05, 1);
            Assert.True(worth.Copies <= worth.HoldOutCopies + 0.01, $"{worth}");
        });
        Assert.All([mixture, flow], worth =>
        {
            Assert.True(worth.Columns >= prior.Columns, $"{worth} prior {prior}");
            Assert.True(worth.Correlation >= prior.Correlation, $"{worth} prior {prior}");
            Assert.True(worth.Contingency >= prior.Contingency, $"{worth} prior {prior}");
            // An accuracy over 6,513 rows has a standard error of 0.0045.
            Assert.True(worth.Accuracy >= prior.Accuracy - 0.01, $"{worth} prior {prior}");
        });

        Worth Sampled(string name, VaeSampler sampler) => table.Judge(name, table.Ml.Data.SampleFromVae(model, SampledRows, sampler, seed: 5), output);
    }

    /// <summary>For the table beside ours: VAE_TVAE=3 measures TVAE with its defaults for three seeds, minutes each.</summary>
    [SkippableFact]
    public void Tvae_is_measured_on_the_same_rows()
    {
        int? seeds = Setting("VAE_TVAE");
        Skip.If(seeds is null, "It takes minutes: VAE_TVAE=3 for three seeds.");
        string? python = Python.With("torch, sklearn, numpy");
        Skip.If(python is null, "There is no Python with PyTorch, scikit-learn and NumPy.");
        string[] lines = Lines();
        var table = new Table(lines);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vae tvae ");
        try
        {
            string training = Path.Combine(folder.FullName, "training.csv");
            string sampled = Path.Combine(folder.FullName, "sampled.csv");
            File.WriteAllLines(training, lines.Where((_, index) => index == 0 || !IsTest(index - 1)));
            for (int seed = 0; seed < seeds; seed++)
            {
                (int code, string text) = Python.RunScript(python!, "tvae.py", training, CategoriesOfFile, sampled, $"{SampledRows}", "300", $"{seed}");
                Assert.True(code == 0, text);
                IDataView rows = table.View(File.ReadLines(sampled).Skip(1));
                Worth worth = table.Judge($"TVAE seed {seed}", rows, output);
                Assert.Equal(SampledRows, rows.ValuesOf<float>("Age").Length);
                Assert.True(double.IsFinite(worth.Accuracy));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <returns>The header and the rows.</returns>
    private static string[] Lines()
    {
        string? folder = Repository.Data("adult");
        Skip.If(folder is null, "Adult is not here: ../shared/data/adult is absent.");
        return [.. File.ReadLines(Path.Combine(folder!, "adult.csv")).Where(line => line.Length > 0)];
    }

    private static bool IsTest(int row) => row % 5 == 0;

    /// <summary>What sampled rows are worth.</summary>
    private sealed record Worth(double Accuracy, double AccuracyOfReal, double Columns, double Correlation, double Contingency, double NeighbourRatio, double HoldOutNeighbourRatio, double Copies, double HoldOutCopies);

    /// <summary>Real rows, and what judges sampled ones by them.</summary>
    private sealed class Table
    {
        private readonly ITransformer _keys;
        private readonly IDataView _test;
        private readonly IEstimator<ITransformer> _classifier;

        public Table(string[] lines)
        {
            string[] training = [.. lines.Skip(1).Where((_, row) => !IsTest(row))];
            _keys = Ml.Transforms.Conversion.MapValueToKey([.. s_categories.Select(name => new InputOutputColumnPair(name))]).Fit(Ml.Data.LoadFromEnumerable(training.Select(Row.Parse)));
            Training = View(training);
            _test = View(lines.Skip(1).Where((_, row) => IsTest(row)));
            _classifier = Ml.Transforms.Conversion.MapKeyToVector([.. s_features.Select(name => new InputOutputColumnPair(name + "Hot", name))])
                .Append(Ml.Transforms.Concatenate("Features", [.. s_numbers, .. s_features.Select(name => name + "Hot")]))
                .Append(Ml.Transforms.NormalizeMinMax("Features"))
                .Append(Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Income", "Features"));
        }

        public MLContext Ml { get; } = new(seed: 3);

        public IDataView Training { get; }

        public IDataView View(IEnumerable<string> lines) => _keys.Transform(Ml.Data.LoadFromEnumerable(lines.Select(Row.Parse).ToArray()));

        public Worth Judge(string name, IDataView sampled, ITestOutputHelper output)
        {
            var clock = Stopwatch.StartNew();
            IDataView rows = Ml.Data.Cache(sampled);
            VaeSampleQuality quality = Ml.Data.EvaluateVaeSamples(Training, rows, _test, NeighbourRows);
            VaeTransferQuality transfer = Ml.Data.TrainOnVaeSamples(rows, Training, _test, _classifier, scored => Ml.MulticlassClassification.Evaluate(scored, "Income").MicroAccuracy);
            var worth = new Worth(
                transfer.TrainedOnSamples,
                transfer.TrainedOnReal,
                quality.ColumnSimilarity,
                quality.CorrelationSimilarity,
                quality.ContingencySimilarity,
                quality.NearestNeighbourRatio,
                quality.HoldOutNearestNeighbourRatio!.Value,
                quality.Copies,
                quality.HoldOutCopies!.Value);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-12} accuracy {worth.Accuracy:F4} (real {worth.AccuracyOfReal:F4})  columns {worth.Columns:F4}  correlation {worth.Correlation:F4}  contingency {worth.Contingency:F4}  nearest neighbours {worth.NeighbourRatio:F3} (held-out {worth.HoldOutNeighbourRatio:F3})  copies {worth.Copies:F4} (held-out {worth.HoldOutCopies:F4})  {clock.Elapsed.TotalSeconds:F0} s"));
            output.WriteLine("             " + string.Join("  ", quality.Columns.Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Name} {column.Similarity:F3}"))));
            return worth;
        }
    }

    /// <summary>Numbers as a trainer wants them; an empty text is a missing value.</summary>
    private sealed class Row
    {
        public float Age { get; init; }

        public float FinalWeight { get; init; }

        public float EducationYears { get; init; }

        public float CapitalGain { get; init; }

        public float CapitalLoss { get; init; }

        public float HoursPerWeek { get; init; }

        public string WorkClass { get; init; } = "";

        public string Education { get; init; } = "";

        public string MaritalStatus { get; init; } = "";

        public string Occupation { get; init; } = "";

        public string Relationship { get; init; } = "";

        public string Race { get; init; } = "";

        public string Sex { get; init; } = "";

        public string NativeCountry { get; init; } = "";

        public string Income { get; init; } = "";

        public static Row Parse(string line)
        {
            AdultTests.Row row = AdultTests.Row.Parse(line);
            return new Row
            {
                Age = row.Age,
                FinalWeight = row.FinalWeight,
                EducationYears = row.EducationYears,
                CapitalGain = row.CapitalGain,
                CapitalLoss = row.CapitalLoss,
                HoursPerWeek = row.HoursPerWeek,
                WorkClass = row.WorkClass,
                Education = row.Education,
                MaritalStatus = row.MaritalStatus,
                Occupation = row.Occupation,
                Relationship = row.Relationship,
                Race = row.Race,
                Sex = row.Sex,
                NativeCountry = row.NativeCountry,
                Income = row.Income,
            };
        }
    }
}
