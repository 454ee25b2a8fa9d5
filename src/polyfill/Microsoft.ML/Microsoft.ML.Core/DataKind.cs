namespace Microsoft.ML.Data;

/// <summary>The value types that a loader can be asked for.</summary>
public enum DataKind : byte
{
    SByte = 1,
    Byte = 2,
    Int16 = 3,
    UInt16 = 4,
    Int32 = 5,
    UInt32 = 6,
    Int64 = 7,
    UInt64 = 8,
    Single = 9,
    Double = 10,
    String = 11,
    Boolean = 12,
    TimeSpan = 13,
    DateTime = 14,
    DateTimeOffset = 15
}

/// <summary>The column types, by kind and by .NET type.</summary>
internal static class DataKinds
{
    private static readonly PrimitiveDataViewType[] Types =
    [
        NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16, NumberDataViewType.Int32,
        NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64, NumberDataViewType.Single, NumberDataViewType.Double,
        TextDataViewType.Instance, BooleanDataViewType.Instance, TimeSpanDataViewType.Instance, DateTimeDataViewType.Instance,
        DateTimeOffsetDataViewType.Instance, RowIdDataViewType.Instance
    ];

    public static PrimitiveDataViewType TypeOf(DataKind kind)
        => (int)kind >= 1 && (int)kind <= 15 ? Types[(int)kind - 1] : throw new ArgumentOutOfRangeException(nameof(kind));

    public static PrimitiveDataViewType TypeOrNull(Type rawType)
        => Array.Find(Types, type => type.RawType == (rawType == typeof(string) ? typeof(ReadOnlyMemory<char>) : rawType));

    public static PrimitiveDataViewType TypeOf(Type rawType) => TypeOrNull(rawType) ?? throw new InvalidOperationException($"No column type holds {rawType}.");

    /// <summary>The place of a type in the list above, the code that model files use for it; -1 for a type of the user's own.</summary>
    public static int CodeOf(PrimitiveDataViewType type) => Array.IndexOf(Types, type);

    public static PrimitiveDataViewType FromCode(int code)
        => code >= 0 && code < Types.Length ? Types[code] : throw new FormatException($"There is no column type {code}.");

    public static DataViewType ItemType(this DataViewType type) => (type as VectorDataViewType)?.ItemType ?? type;

    public static DataViewType WithItem(this DataViewType type, PrimitiveDataViewType item)
        => type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Dimensions) : item;
}
