using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The input schema in a model file: names, types and annotations. (The real library writes an empty table in its binary format.)</summary>
internal static class SchemaFormat
{
    private const int Mark = 0x4D484353;

    public static void Write(Stream stream, DataViewSchema schema)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        var columns = schema.Where(column => ValueFormat.CanWrite(column.Type)).ToArray();
        writer.Write(columns.Length);
        foreach (var column in columns)
        {
            writer.Write(column.Name);
            ValueFormat.WriteType(writer, column.Type);
            var annotations = column.Annotations.Schema.Where(annotation => ValueFormat.CanWrite(annotation.Type)).ToArray();
            writer.Write(annotations.Length);
            foreach (var annotation in annotations)
            {
                writer.Write(annotation.Name);
                ValueFormat.WriteType(writer, annotation.Type);
                var write = annotation.Type is VectorDataViewType ? (Delegate)WriteVector<int> : WriteValue<int>;
                Generic.Call<object>(write, annotation.Type.ItemType().RawType, writer, column.Annotations, annotation);
            }
        }
    }

    public static DataViewSchema Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        Contracts.CheckDecode(stream.Length >= 2 * sizeof(int) && reader.ReadInt32() == Mark, "The schema of the model file cannot be read.");
        var builder = new DataViewSchema.Builder();
        for (int left = reader.ReadCount(2); left > 0; left--)
        {
            string name = ReadName(reader);
            var type = ValueFormat.ReadType(reader);
            var annotations = new DataViewSchema.Annotations.Builder();
            for (int leftAnnotations = reader.ReadCount(2); leftAnnotations > 0; leftAnnotations--)
            {
                string kind = ReadName(reader);
                var annotationType = ValueFormat.ReadType(reader);
                var read = annotationType is VectorDataViewType ? (Delegate)ReadVector<int> : ReadValue<int>;
                annotations.Add(kind, annotationType, Generic.Call<Delegate>(read, annotationType.ItemType().RawType, reader));
            }
            builder.AddColumn(name, type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }

    private static string ReadName(BinaryReader reader)
    {
        string name = reader.ReadString();
        Contracts.CheckDecode(name.Length > 0, "A column in the model file has no name.");
        return name;
    }

    private static void WriteValue<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        T value = default;
        annotations.GetGetter<T>(annotation)(ref value);
        ValueFormat.Write(writer, value);
    }

    private static void WriteVector<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        VBuffer<T> value = default;
        annotations.GetGetter<VBuffer<T>>(annotation)(ref value);
        ValueFormat.WriteArray<T>(writer, value.DenseValues().ToArray());
    }

    private static Delegate ReadValue<T>(BinaryReader reader)
    {
        var saved = ValueFormat.Read<T>(reader);
        return (ValueGetter<T>)((ref T value) => value = saved);
    }

    private static Delegate ReadVector<T>(BinaryReader reader)
    {
        var saved = ValueFormat.ReadArray<T>(reader);
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => VBuffer<T>.Copy(saved, 0, ref value, saved.Length));
    }
}
