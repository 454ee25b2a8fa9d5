namespace Vae.MLNet.Columns;

/// <summary>What a scaling has to know of the training rows.</summary>
internal sealed class NumberStatistics
{
    private readonly VaeScaling _scaling;
    private readonly int _slots;
    private readonly List<(double Value, double Weight)>[] _observed;

    public NumberStatistics(VaeScaling scaling, int slots)
    {
        _scaling = scaling;
        _slots = slots;
        Moments = new RunningMoments(slots);
        _observed = scaling == VaeScaling.Quantile ? [.. Enumerable.Range(0, slots).Select(_ => new List<(double, double)>())] : [];
    }

    public RunningMoments Moments { get; }

    /// <summary>NaN is a missing value.</summary>
    public void Add(int slot, double value, double weight)
    {
        Moments.Add(slot, value, weight);
        Keep(slot, value, weight);
    }

    public void Add(ReadOnlySpan<float> row, double weight)
    {
        Moments.Add(row, weight);
        for (int slot = 0; slot < _observed.Length; slot++)
        {
            Keep(slot, row[slot], weight);
        }
    }

    public Scaling Learn() => _scaling switch
    {
        VaeScaling.Standard => StandardScaling.Of(Moments, _slots),
        VaeScaling.Quantile => new QuantileScaling([.. _observed.Select(QuantileScaling.Learn)]),
        _ => NoScaling.Instance,
    };

    private void Keep(int slot, double value, double weight)
    {
        if (_observed.Length > 0 && !double.IsNaN(value))
        {
            _observed[slot].Add((value, weight));
        }
    }
}
