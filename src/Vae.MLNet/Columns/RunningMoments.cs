namespace Vae.MLNet.Columns;

/// <summary>Mean and variance per feature in one pass, in double precision (Welford, 1962).</summary>
internal sealed class RunningMoments(int features)
{
    private readonly double[] _mean = new double[features];
    private readonly double[] _squares = new double[features];

    public long Count { get; private set; }

    public void Add(ReadOnlySpan<float> row)
    {
        double weight = 1.0 / ++Count;
        for (int i = 0; i < row.Length; i++)
        {
            double before = row[i] - _mean[i];
            _mean[i] += before * weight;
            _squares[i] += before * (row[i] - _mean[i]);
        }
    }

    /// <summary>The standardisation to mean 0 and variance 1; a feature that is constant keeps its unit.</summary>
    public Standardisation ToStandardisation()
    {
        var mean = new float[_mean.Length];
        var scale = new float[_mean.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] = (float)_mean[i];
            float deviation = (float)Math.Sqrt(_squares[i] / Count);
            scale[i] = float.IsNormal(deviation) ? deviation : 1f;
        }
        return new Standardisation(mean, scale);
    }
}
