using Vae.MLNet.Likelihoods;

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

    /// <summary>Whether all values are 0 or 1.</summary>
    public bool AreFlags { get; private set; } = true;

    /// <summary>NaN is a missing value.</summary>
    public void Add(int slot, double value, double weight)
    {
        Moments.Add(slot, value, weight);
        AreFlags = AreFlags && value is 0 or 1 or double.NaN;
        Keep(slot, value, weight);
    }

    public void Add(ReadOnlySpan<float> row, double weight)
    {
        Moments.Add(row, weight);
        for (int slot = 0; slot < row.Length && AreFlags; slot++)
        {
            AreFlags = row[slot] is 0 or 1 or float.NaN;
        }
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

    /// <summary>Warns of a likelihood that is for other values than these.</summary>
    public void WarnOfLikelihood(VaeInputColumn settings, Action<string> warn)
    {
        bool isForSpread = settings.Likelihood == VaeLikelihood.ContinuousBernoulli || LikelihoodPart.HasNoise(settings.Likelihood!.Value);
        if (AreFlags && isForSpread && !Enumerable.Range(0, _slots).All(slot => Moments.IsEmpty(slot) || Moments.IsConstant(slot)))
        {
            warn($"Column '{settings.Name}' has no other values than 0 and 1: the likelihood {VaeLikelihood.Bernoulli} is made for them; it is set to {settings.Likelihood}, a density, which can grow without end there.");
        }
    }

    private void Keep(int slot, double value, double weight)
    {
        if (_observed.Length > 0 && !double.IsNaN(value))
        {
            _observed[slot].Add((value, weight));
        }
    }
}
