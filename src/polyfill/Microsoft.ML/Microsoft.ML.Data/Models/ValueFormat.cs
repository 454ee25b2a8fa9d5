using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Writes column types and single values of any of them into model files, and reads them back.</summary>
internal static class ValueFormat
{
    private const byte Plain = 0, Key = 1, Vector = 2;

    public static void WriteType(BinaryWriter writer, DataViewType type)
    {
        switch (type)
        {
            case VectorDataViewType vector:
                writer.Write(Vector);
                writer.Write(vector.Dimensions.Length);
                foreach (int dimension in vector.Dimensions)
                    writer.Write(dimension);
                WriteType(writer, vector.ItemType);
                break;
            case KeyDataViewType key:
                writer.Write(Key);
                writer.Write(key.Count);
                WriteType(writer, DataKinds.TypeOf(key.RawType));
                break;
            default:
                writer.Write(Plain);
                writer.Write(DataKinds.CodeOf((PrimitiveDataViewType)type));
                break;
        }
    }

    public static DataViewType ReadType(BinaryReader reader)
    {
        switch (reader.ReadByte())
        {
            case Plain:
                return DataKinds.FromCode(reader.ReadInt32());
            case Key:
                ulong count = reader.ReadUInt64();
                return ReadType(reader) is NumberDataViewType number && KeyDataViewType.IsValidDataType(number.RawType) && count > 0
                    ? new KeyDataViewType(number.RawType, count) : throw Corrupt();
            case Vector:
                var dimensions = new int[reader.ReadCount(sizeof(int))];
                for (int i = 0; i < dimensions.Length; i++)
                    dimensions[i] = reader.ReadInt32();
                Contracts.CheckDecode(dimensions.Length > 0 && dimensions.All(d => d >= 0), "A vector in the model file has no valid size.");
                return ReadType(reader) is PrimitiveDataViewType item ? new VectorDataViewType(item, dimensions) : throw Corrupt();
            default:
                throw Corrupt();
        }
    }

    public static bool CanWrite(DataViewType type) => type.ItemType() is KeyDataViewType || (type.ItemType() is PrimitiveDataViewType item && DataKinds.CodeOf(item) >= 0);

    public static void Write<T>(BinaryWriter writer, T value)
    {
        switch (value)
        {
            case sbyte v: writer.Write(v); break;
            case byte v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case ulong v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case TimeSpan v: writer.Write(v.Ticks); break;
            case DateTime v: writer.Write(v.ToBinary()); break;
            case DateTimeOffset v:
                writer.Write(v.Ticks);
                writer.Write(v.Offset.Ticks);
                break;
            case DataViewRowId v:
                writer.Write(v.Low);
                writer.Write(v.High);
                break;
            case ReadOnlyMemory<char> v:
                var text = Encoding.UTF8.GetBytes(v.ToString());
                writer.Write(text.Length);
                writer.Write(text);
                break;
            default:
                throw new NotSupportedException($"A value of type {typeof(T)} cannot be saved.");
        }
    }

    public static T Read<T>(BinaryReader reader)
    {
        object value =
            typeof(T) == typeof(sbyte) ? reader.ReadSByte() :
            typeof(T) == typeof(byte) ? reader.ReadByte() :
            typeof(T) == typeof(short) ? reader.ReadInt16() :
            typeof(T) == typeof(ushort) ? reader.ReadUInt16() :
            typeof(T) == typeof(int) ? reader.ReadInt32() :
            typeof(T) == typeof(uint) ? reader.ReadUInt32() :
            typeof(T) == typeof(long) ? reader.ReadInt64() :
            typeof(T) == typeof(ulong) ? reader.ReadUInt64() :
            typeof(T) == typeof(float) ? reader.ReadSingle() :
            typeof(T) == typeof(double) ? reader.ReadDouble() :
            typeof(T) == typeof(bool) ? reader.ReadBoolean() :
            typeof(T) == typeof(TimeSpan) ? new TimeSpan(reader.ReadInt64()) :
            typeof(T) == typeof(DateTime) ? DateTime.FromBinary(reader.ReadInt64()) :
            typeof(T) == typeof(DateTimeOffset) ? new DateTimeOffset(reader.ReadInt64(), new TimeSpan(reader.ReadInt64())) :
            typeof(T) == typeof(DataViewRowId) ? new DataViewRowId(reader.ReadUInt64(), reader.ReadUInt64()) :
            typeof(T) == typeof(ReadOnlyMemory<char>) ? (object)Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadCount(1))).AsMemory() :
            throw Corrupt();
        return (T)value;
    }

    public static T[] ReadArray<T>(BinaryReader reader)
    {
        var values = new T[reader.ReadCount(1)];
        for (int i = 0; i < values.Length; i++)
            values[i] = Read<T>(reader);
        return values;
    }

    public static void WriteArray<T>(BinaryWriter writer, ReadOnlySpan<T> values)
    {
        writer.Write(values.Length);
        foreach (var value in values)
            Write(writer, value);
    }

    private static FormatException Corrupt() => new("A type in the model file is not valid.");
}
