using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Quality.Anomalies;

/// <summary>Imputation of real tables: the normal rows, standardised, half of the values removed at random; beside scikit-learn's regression on the other columns.</summary>
internal static class Imputation
{
    public static Figure Figure { get; } = new("imputation", "missing values of three tables of ADBench, against column means and scikit-learn's IterativeImputer", AdBenchTable.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        string? python = Python.With("sklearn, numpy");
        string[] names = effort.IsShort ? ["cardio"] : ["cardio", "satellite", "pendigits"];
        report.Head("root mean square error, standardised", "rows", "columns", "column means", "IterativeImputer", "Vae.MLNet");
        foreach (string name in names)
        {
            float[][] truth = AdBenchTable.ReadNormal(name);
            var random = new Random(0);
            float[][] observed = [.. truth.Select(row => row.Select(value => random.NextDouble() < 0.5 ? float.NaN : value).ToArray())];
            float[][] imputed = Impute(observed, effort);
            float[] means = [.. Enumerable.Range(0, truth[0].Length).Select(slot => observed.Select(row => row[slot]).Where(value => !float.IsNaN(value)).Average())];
            double error = Error(observed, truth, (row, slot) => imputed[row][slot]);
            double errorOfMeans = Error(observed, truth, (_, slot) => means[slot]);
            double? regression = python is null ? null : Regression(python, observed, truth);
            report.Row(
                name, $"{truth.Length}", $"{truth[0].Length}", Report.Number(errorOfMeans), regression is { } value ? Report.Number(value) : "", Report.Number(error));
            report.Promise(
                observed.Zip(imputed).All(rows => rows.First.Zip(rows.Second).All(values => float.IsNaN(values.First) || values.First.Equals(values.Second))),
                $"observed values stay as they are, {name}");
            report.Below($"error, {name} against means", error, errorOfMeans);
            if (regression is { } peer)
            {
                report.Below($"error, {name} against IterativeImputer", error, peer);
            }
            else
            {
                report.Skip($"there is no Python with scikit-learn and NumPy for IterativeImputer, {name}");
            }
        }
    }

    private static float[][] Impute(float[][] observed, Effort effort)
    {
        var ml = new MLContext(effort.Seed ?? 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, observed[0].Length);
        IDataView data = ml.Data.LoadFromEnumerable(observed.Select(values => new Row { Features = values }), schema);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            OutputColumnName = null,
            ImputedColumnSuffix = "Filled",
            LatentDimension = 8,
            Network = new VaeNetwork.Dense([256, 128]),
            NumberOfEpochs = 200,
        }).Fit(data);
        return model.Transform(data).VectorsOf("FeaturesFilled");
    }

    private static double Error(float[][] observed, float[][] truth, Func<int, int, float> imputed) => Math.Sqrt(
        Enumerable.Range(0, truth.Length).SelectMany(row => Enumerable.Range(0, truth[row].Length)
            .Where(slot => float.IsNaN(observed[row][slot]))
            .Select(slot => Math.Pow(imputed(row, slot) - truth[row][slot], 2))).Average());

    private static double Regression(string python, float[][] observed, float[][] truth)
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("vae-impute-");
        try
        {
            (int code, string text) = Python.RunScript(
                python,
                "impute.py",
                Python.Write(temporary, "holes.f32", observed),
                Python.Write(temporary, "truth.f32", truth),
                truth[0].Length.ToString(CultureInfo.InvariantCulture));
            return code == 0 ? Python.Value(text, "IterativeImputer") : throw new InvalidOperationException(text);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];
    }
}
