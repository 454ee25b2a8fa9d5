using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>The .NET type in which a scalar column keeps its values: to <see cref="double"/> and back. What knows the type ends here.</summary>
internal abstract class ScalarFormat
{
    private static readonly ScalarFormat[] s_all =
    [
        Real<float>(), Real<double>(), Integer<sbyte>(), Integer<short>(), Integer<int>(), Integer<long>(), Integer<byte>(), Integer<ushort>(), Integer<uint>(), Integer<ulong>(),
        new ScalarFormat<bool>(value => value ? 1 : 0, value => value >= 0.5),
    ];

    /// <summary>The types of columns that have a format, but for keys, which are kept in some of them.</summary>
    public static IReadOnlyList<PrimitiveDataViewType> Types { get; } =
    [
        NumberDataViewType.Single, NumberDataViewType.Double, NumberDataViewType.SByte, NumberDataViewType.Int16, NumberDataViewType.Int32, NumberDataViewType.Int64,
        NumberDataViewType.Byte, NumberDataViewType.UInt16, NumberDataViewType.UInt32, NumberDataViewType.UInt64, BooleanDataViewType.Instance,
    ];

    public abstract Type Type { get; }

    /// <summary>The format of that type; null if there is none.</summary>
    public static ScalarFormat? Of(Type type) => Array.Find(s_all, each => each.Type == type);

    /// <summary>Reads the column of the row's current position.</summary>
    public abstract Func<double> Source(DataViewRow row, DataViewSchema.Column column);

    /// <summary>A value, rounded and brought into the type's range.</summary>
    public abstract double Nearest(double value);

    /// <summary>A getter of what <paramref name="value"/> gives, rounded and brought into the type's range.</summary>
    public abstract Delegate Getter(Func<double> value);

    /// <summary>A getter of what <paramref name="source"/> gives, or, where that is missing, of what <paramref name="value"/> gives.</summary>
    public abstract Delegate FillingGetter(Delegate source, Func<double, bool> isMissing, Func<double> value);

    private static ScalarFormat<T> Real<T>()
        where T : struct, INumber<T> => new(double.CreateSaturating, T.CreateSaturating);

    private static ScalarFormat<T> Integer<T>()
        where T : struct, INumber<T> => new(double.CreateSaturating, value => T.CreateSaturating(Math.Round(value)));
}

/// <summary>Values of type <typeparamref name="T"/>.</summary>
internal sealed class ScalarFormat<T>(Func<T, double> toDouble, Func<double, T> fromDouble) : ScalarFormat
    where T : struct
{
    public override Type Type => typeof(T);

    public override Func<double> Source(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return toDouble(value);
        };
    }

    public override double Nearest(double value) => toDouble(fromDouble(value));

    public override Delegate Getter(Func<double> value) => (ValueGetter<T>)((ref T to) => to = fromDouble(value()));

    public override Delegate FillingGetter(Delegate source, Func<double, bool> isMissing, Func<double> value)
    {
        var observed = (ValueGetter<T>)source;
        return (ValueGetter<T>)((ref T to) =>
        {
            observed(ref to);
            if (isMissing(toDouble(to)))
            {
                to = fromDouble(value());
            }
        });
    }
}
