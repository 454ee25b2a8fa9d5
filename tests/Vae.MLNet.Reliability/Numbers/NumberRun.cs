using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Reliability.Properties;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Numbers;

/// <summary>Extreme but legal inputs: each is trained on without a number that is none, in the model or in what it says, or refused with advice.</summary>
internal static class NumberRun
{
    private const int SampledRows = 20;
    // Of the short form: every so many cases of a kind; no multiple of how many likelihoods, scalings or types there are.
    private const int Step = 7;

    private static readonly string[] s_settings =
        [.. typeof(VaeEstimator.Options).GetProperties().Concat(typeof(VaeObjective.Elbo).GetProperties()).Select(property => property.Name), "fixed noise"];

    public static Run Run { get; } = new("numbers", "extreme but legal numbers, shapes and settings", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        foreach (IGrouping<string, NumberCase> kind in ExtremeValues.All.Concat(ExtremeShapes.All).Concat(ExtremeSettings.All).GroupBy(each => each.Kind))
        {
            NumberCase[] cases = [.. kind.Where((_, index) => !effort.IsShort || index % Step == effort.Seed % Step)];
            var violations = new List<string>();
            int refused = 0;
            foreach (NumberCase each in cases)
            {
                try
                {
                    refused += Trains(each, effort.Seed) ? 0 : 1;
                }
                catch (BrokenException broken)
                {
                    violations.Add($"{each.Name}: {broken.Message}");
                }
                catch (Exception error)
                {
                    violations.Add($"{each.Name}: {error}");
                }
            }
            yield return new Outcome(kind.Key, cases.Length, $"{cases.Length - refused - violations.Count} train, and everything that comes out is finite; {refused} are refused with advice", violations);
        }
    }

    /// <returns>Whether it was not refused.</returns>
    private static bool Trains(NumberCase each, int seed)
    {
        var ml = new MLContext(seed);
        Table rows = each.Rows();
        Table asked = each.Asked?.Invoke() ?? rows;
        string[] names = [.. rows.Schema.Select(column => column.Name)];
        VaeTransformer model;
        try
        {
            model = Fit(ml, rows, each);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            RequireAdvice(error, names);
            return !each.MustTrain ? false : throw new BrokenException($"refused: {error.Message}");
        }
        using (model)
        {
            foreach (VaeProgress epoch in model.History)
            {
                double[] told = [epoch.Elbo, epoch.Reconstruction, epoch.Kl];
                Require(Array.TrueForAll(told, double.IsFinite), $"the history says {epoch}");
            }
            using var file = new MemoryStream();
            ml.Model.Save(model, rows.Schema, file);
            file.Position = 0;
            using var loaded = (IDisposable)ml.Model.Load(file, out _);
            bool isAnswered = IsAnswered(model, asked, names);
            Require(IsAnswered((ITransformer)loaded, asked, names) == isAnswered, "the loaded model answers otherwise");
            foreach (VaeDecoding decoding in Enum.GetValues<VaeDecoding>())
            {
                RequireFinite(ml.Data.SampleFromVae(model, SampledRows, decoding: decoding), firstColumn: 0);
                using GaussianMixtureSampler mixture = GaussianMixtureSampler.Fit(model, isAnswered ? asked : rows, new GaussianMixtureSampler.Options { MaximumComponents = 2 });
                RequireFinite(ml.Data.SampleFromVae(model, SampledRows, mixture, decoding), firstColumn: 0);
            }
            return isAnswered;
        }
    }

    private static VaeTransformer Fit(MLContext ml, Table rows, NumberCase each)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = [.. rows.Schema.Select(column => column.Name).Where(name => name is not ("Weight" or "Label")).Select(name => new VaeInputColumn(name))],
            LogVarianceColumnName = "LogVariance",
            DrawColumnName = "Draw",
            ScoreColumnName = "Score",
            PredictedLabelColumnName = "Odd",
            ReconstructionColumnSuffix = ".Again",
            ImputedColumnSuffix = ".Filled",
            ImputationDraws = 4,
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(8),
            NumberOfEpochs = 3,
            BatchSize = 8,
            NumberOfThreads = 1,
            Seed = 1,
        };
        each.Change?.Invoke(options);
        return ml.Transforms.VariationalAutoencoder(options).Fit(rows);
    }

    /// <returns>Whether the rows were not refused.</returns>
    private static bool IsAnswered(ITransformer model, Table asked, string[] names)
    {
        try
        {
            RequireFinite(model.Transform(asked), asked.Schema.Count);
            return true;
        }
        catch (InvalidOperationException error)
        {
            RequireAdvice(error, names);
            return false;
        }
    }

    private static void RequireFinite(IDataView rows, int firstColumn)
    {
        DataViewSchema.Column[] columns = [.. rows.Schema.Skip(firstColumn)];
        using DataViewRowCursor cursor = rows.GetRowCursor(columns);
        Func<object>[] cells = [.. columns.Select(column => Cells.Of(cursor, column))];
        while (cursor.MoveNext())
        {
            for (int i = 0; i < cells.Length; i++)
            {
                object value = cells[i]();
                Require(Array.TrueForAll(Cells.Numbers(value), double.IsFinite), $"row {cursor.Position}, column '{columns[i].Name}' is {Shortened(Cells.Text(value))}");
            }
        }
    }

    // It names a column or a setting, and says more than that.
    private static void RequireAdvice(Exception error, string[] names) => Require(
        error.Message.Length > 40 && (names.Any(name => error.Message.Contains($"'{name}'", StringComparison.Ordinal)) || s_settings.Any(setting => error.Message.Contains(setting, StringComparison.Ordinal))),
        string.Create(CultureInfo.InvariantCulture, $"no advice: {error}"));

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new BrokenException(problem);
        }
    }

    private static string Shortened(string text) => text.Length <= 200 ? text : $"{text[..200]}...";
}
