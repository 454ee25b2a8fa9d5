using static TorchSharp.torch;

namespace Vae.MLNet.Columns;

/// <summary>From the input's units to those of the network and back, per feature: (x - mean) / scale. Owns its two tensors, <c>[features]</c> each.</summary>
internal sealed class Standardisation : IDisposable
{
    public Standardisation(float[] mean, float[] scale)
    {
        Mean = tensor(mean).DetachFromDisposeScope();
        Scale = tensor(scale).DetachFromDisposeScope();
        LogScale = scale.Sum(each => Math.Log(each));
        IsIdentity = mean.All(each => each == 0) && scale.All(each => each == 1);
    }

    public Tensor Mean { get; }

    public Tensor Scale { get; }

    /// <summary>Sum of log scale over the features: log density in the input's units = log density of the standardised row minus this.</summary>
    public double LogScale { get; }

    public bool IsIdentity { get; }

    public static Standardisation Identity(int features)
    {
        var scale = new float[features];
        Array.Fill(scale, 1f);
        return new Standardisation(new float[features], scale);
    }

    public Tensor Apply(Tensor rows) => IsIdentity ? rows.alias() : (rows - Mean) / Scale;

    public void ApplyInPlace(Tensor rows)
    {
        if (!IsIdentity)
        {
            rows.sub_(Mean).div_(Scale);
        }
    }

    public Tensor Invert(Tensor rows) => IsIdentity ? rows.alias() : rows * Scale + Mean;

    public void Dispose()
    {
        Mean.Dispose();
        Scale.Dispose();
    }
}
