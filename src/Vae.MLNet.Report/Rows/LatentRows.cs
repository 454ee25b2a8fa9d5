using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Pipeline;

namespace Vae.MLNet.Report.Rows;

/// <summary>What the model says of each row that is kept.</summary>
internal sealed class LatentRows
{
    private readonly float[] _means;
    private readonly double[] _averages;
    private readonly double[] _variances;
    private readonly double[] _posteriorVariances;

    private LatentRows(float[] means, double[] posteriorVariances, float[] scores)
    {
        (_means, _posteriorVariances, Scores) = (means, posteriorVariances, scores);
        Dimension = posteriorVariances.Length;
        _averages = [.. Enumerable.Range(0, Dimension).Select(dimension => Of(dimension).Average())];
        _variances = [.. Enumerable.Range(0, Dimension).Select(dimension => Of(dimension).Average(value => Math.Pow(value - _averages[dimension], 2)))];
    }

    public int Count => Scores.Count;

    /// <summary>Size of the latent.</summary>
    public int Dimension { get; }

    /// <summary>The model's score of each row: the higher, the less it expects such a row.</summary>
    public IReadOnlyList<float> Scores { get; }

    /// <param name="vae">The model.</param>
    /// <param name="rows">Rows as it reads them.</param>
    public static LatentRows Read(VaeTransformer vae, IDataView rows)
    {
        List<OutputColumn> outputs = [new(VaeOutput.Mean, "Mean"), new(VaeOutput.Score, "Score")];
        if (!vae.Model.Architecture.IsDeterministic)
        {
            outputs.Add(new(VaeOutput.LogVariance, "LogVariance"));
        }
        var view = new VaeDataView(rows, new VaeBinding(rows.Schema, outputs, vae.Model));
        DataViewSchema.Column[] columns = [.. Enumerable.Range(rows.Schema.Count, outputs.Count).Select(index => view.Schema[index])];
        using DataViewRowCursor cursor = view.GetRowCursor(columns);
        ValueGetter<VBuffer<float>> meanOf = cursor.GetGetter<VBuffer<float>>(columns[0]);
        ValueGetter<float> scoreOf = cursor.GetGetter<float>(columns[1]);
        ValueGetter<VBuffer<float>>? logVarianceOf = columns.Length > 2 ? cursor.GetGetter<VBuffer<float>>(columns[2]) : null;
        List<float> means = [];
        List<float> scores = [];
        var variances = new double[vae.LatentDimension];
        VBuffer<float> buffer = default;
        while (cursor.MoveNext())
        {
            meanOf(ref buffer);
            means.AddRange(buffer.DenseValues());
            float score = 0;
            scoreOf(ref score);
            scores.Add(score);
            if (logVarianceOf is not null)
            {
                logVarianceOf(ref buffer);
                int dimension = 0;
                foreach (float value in buffer.DenseValues())
                {
                    variances[dimension++] += Math.Exp(value);
                }
            }
        }
        return new LatentRows([.. means], [.. variances.Select(sum => sum / scores.Count)], [.. scores]);
    }

    /// <summary>The posterior mean of a row.</summary>
    public ReadOnlySpan<float> MeanOf(int row) => _means.AsSpan(row * Dimension, Dimension);

    /// <summary>The posterior means in one dimension.</summary>
    public IEnumerable<double> Of(int dimension) => Enumerable.Range(0, Count).Select(row => (double)_means[row * Dimension + dimension]);

    /// <summary>The average over the rows.</summary>
    public double AverageOf(int dimension) => _averages[dimension];

    /// <summary>The variance of the posterior mean over the rows: of an active dimension above 0.01 (Burda et al., 2016).</summary>
    public double VarianceOf(int dimension) => _variances[dimension];

    /// <summary>Whether rows differ in it.</summary>
    public bool IsActive(int dimension) => VarianceOf(dimension) > VaeMetrics.SmallestActiveVariance;

    /// <summary>The standard deviation of all rows' posteriors together: how far latents reach.</summary>
    public double DeviationOf(int dimension) => Math.Sqrt(_variances[dimension] + _posteriorVariances[dimension]);

    /// <summary>The row nearest to the average, in units of the standard deviation, among some.</summary>
    public int Middle(IEnumerable<int> rows) => rows.MinBy(row =>
    {
        double distance = 0;
        for (int dimension = 0; dimension < Dimension; dimension++)
        {
            double deviation = DeviationOf(dimension);
            distance += deviation > 0 ? Math.Pow((_means[row * Dimension + dimension] - _averages[dimension]) / deviation, 2) : 0;
        }
        return distance;
    });
}
