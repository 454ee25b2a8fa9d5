using TorchSharp.Native;

namespace TorchSharp;

/// <summary>A number as an operator's argument; every numeric type converts to it.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(torch.ScalarType type, Arg argument) => (Type, Argument) = (type, argument);

    internal Arg Argument { get; }

    /// <summary>libtorch keeps three kinds of numbers: Int64, Float64 and Bool.</summary>
    public torch.ScalarType Type { get; }

    public static implicit operator Scalar(byte value) => new(torch.ScalarType.Int64, (long)value);
    public static implicit operator Scalar(int value) => new(torch.ScalarType.Int64, (long)value);
    public static implicit operator Scalar(long value) => new(torch.ScalarType.Int64, value);
    public static implicit operator Scalar(float value) => new(torch.ScalarType.Float64, (double)value);
    public static implicit operator Scalar(double value) => new(torch.ScalarType.Float64, value);
    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, value);

    /// <summary>There is nothing native to give back here.</summary>
    public void Dispose()
    {
    }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
}
