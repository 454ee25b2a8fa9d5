using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>Imputation of real tables (ADBench; Han et al., 2022): the normal rows, standardised, half of the values removed at random.</summary>
public sealed class AdBenchTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData("cardio")]
    [InlineData("satellite")]
    [InlineData("pendigits")]
    public void Holes_are_filled_better_than_by_means_and_by_regression_on_the_other_columns(string name)
    {
        string? folder = Repository.Data("adbench");
        Skip.If(folder is null, "The tables are not here: ../shared/data/adbench is absent.");
        float[][] truth = Standardised(Path.Combine(folder!, name + ".csv"));
        var random = new Random(0);
        float[][] holes = [.. truth.Select(row => row.Select(value => random.NextDouble() < 0.5 ? float.NaN : value).ToArray())];

        var ml = new MLContext(seed: 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, truth[0].Length);
        IDataView data = ml.Data.LoadFromEnumerable(holes.Select(values => new Row { Features = values }), schema);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            OutputColumnName = null,
            ImputedColumnSuffix = "Filled",
            LatentDimension = 8,
            Network = new VaeNetwork.Dense([256, 128]),
            NumberOfEpochs = 200,
        }).Fit(data);
        float[][] filled = [.. ml.Data.CreateEnumerable<Filled>(model.Transform(data), reuseRowObject: false).Select(row => row.FeaturesFilled)];

        double squares = 0;
        double ofMeans = 0;
        long count = 0;
        float[] means = [.. Enumerable.Range(0, truth[0].Length).Select(slot => holes.Select(row => row[slot]).Where(value => !float.IsNaN(value)).Average())];
        for (int row = 0; row < truth.Length; row++)
        {
            for (int slot = 0; slot < truth[row].Length; slot++)
            {
                if (!float.IsNaN(holes[row][slot]))
                {
                    Assert.Equal(holes[row][slot], filled[row][slot]);
                    continue;
                }
                squares += Math.Pow(filled[row][slot] - truth[row][slot], 2);
                ofMeans += Math.Pow(means[slot] - truth[row][slot], 2);
                count++;
            }
        }
        double error = Math.Sqrt(squares / count);
        double errorOfMeans = Math.Sqrt(ofMeans / count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {truth.Length} x {truth[0].Length}: root mean square error {error:F4}, of means {errorOfMeans:F4}"));
        Assert.True(error < errorOfMeans, $"{error} against {errorOfMeans} of means");

        if (Python.With("sklearn, numpy") is { } python)
        {
            DirectoryInfo temporary = Directory.CreateTempSubdirectory("vae-impute-");
            try
            {
                (int code, string text) = Python.RunScript(
                    python, "impute.py", Python.Write(temporary, "holes.f32", holes), Python.Write(temporary, "truth.f32", truth), truth[0].Length.ToString(CultureInfo.InvariantCulture));
                Assert.True(code == 0, text);
                output.WriteLine(text);
                double regression = double.Parse(text.Split('\n').Single(line => line.StartsWith("IterativeImputer ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
                Assert.True(error < regression, $"{error} against {regression} of scikit-learn's IterativeImputer");
            }
            finally
            {
                temporary.Delete(recursive: true);
            }
        }
    }

    // The last column says which rows are anomalies: those are left out.
    private static float[][] Standardised(string path)
    {
        double[][] rows = [.. File.ReadLines(path).Skip(1)
            .Select(line => line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())
            .Where(row => row[^1] == 0)
            .Select(row => row[..^1])];
        for (int slot = 0; slot < rows[0].Length; slot++)
        {
            double mean = rows.Average(row => row[slot]);
            double deviation = Math.Sqrt(rows.Average(row => Math.Pow(row[slot] - mean, 2)));
            foreach (double[] row in rows)
            {
                row[slot] = (row[slot] - mean) / (deviation > 0 ? deviation : 1);
            }
        }
        return [.. rows.Select(row => row.Select(value => (float)value).ToArray())];
    }

    private sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];
    }

    private sealed class Filled
    {
        public float[] FeaturesFilled { get; set; } = [];
    }
}
