using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Native;

internal enum ArgKind : long
{
    Default, Null, Tensor, Double, Long, Bool, Longs, Tensors, OptionalTensors, Generator, Device, Text,
}

/// <summary>An argument as the native side reads it: the kind, a value or pointer, the length of a list.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Argument
{
    internal ArgKind Kind;
    internal long Value;
    internal long Count;
}

/// <summary>An argument of an operator. Everything that an operator takes converts to it; null becomes "none".</summary>
internal readonly struct Arg
{
    internal readonly ArgKind Kind;
    internal readonly long Bits;
    internal readonly object? Object;

    private Arg(ArgKind kind, long bits = 0, object? value = null) => (Kind, Bits, Object) = (kind, bits, value);

    private static Arg Of(ArgKind kind, object? value) => value is null ? Null : new Arg(kind, 0, value);

    /// <summary>The operator's own default.</summary>
    internal static Arg Default => new(ArgKind.Default);

    internal static Arg Null => new(ArgKind.Null);

    /// <summary>A list of tensors of which some may be null (what indexing takes).</summary>
    internal static Arg Optional(Tensor?[] tensors) => Of(ArgKind.OptionalTensors, tensors);

    public static implicit operator Arg(Tensor? value) => Of(ArgKind.Tensor, value);
    public static implicit operator Arg(Tensor[]? value) => Of(ArgKind.Tensors, value);
    public static implicit operator Arg(long[]? value) => Of(ArgKind.Longs, value);
    public static implicit operator Arg(string? value) => Of(ArgKind.Text, value);
    public static implicit operator Arg(Generator? value) => Of(ArgKind.Generator, value);
    public static implicit operator Arg(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(long value) => new(ArgKind.Long, value);
    public static implicit operator Arg(bool value) => new(ArgKind.Bool, value ? 1 : 0);
    public static implicit operator Arg(double? value) => value is { } v ? v : Null;
    public static implicit operator Arg(long? value) => value is { } v ? v : Null;
    public static implicit operator Arg(ScalarType value) => (long)value;
    public static implicit operator Arg(ScalarType? value) => value is { } v ? v : Null;
    public static implicit operator Arg(Device? value) => value is null ? Null : new Arg(ArgKind.Device, (long)value.type);
    public static implicit operator Arg(Scalar? value) => value is null ? Null : value.Argument;
}
