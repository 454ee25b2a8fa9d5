using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// The 256 bytes before every saved component. They say where the component's own bytes, its strings and the name of its assembly lie; each block
/// follows the one before, and a mark closes the last, so that a cut or changed file is noticed before anything in it is believed.
/// </summary>
internal sealed class ModelHeader
{
    public const int Size = 0x100;
    private const ulong Mark = 0x4C45444F4D004C4D;
    private const ulong TailMark = 0x4D4C004D4F44454C;
    private const uint Version = 0x00010002;

    public VersionInfo Component { get; private init; }

    public string[] Strings { get; private init; }

    public long ModelEnd { get; private init; }

    /// <summary>Writes what follows a component's bytes, and the header into the room left before them.</summary>
    public static void Complete(BinaryWriter writer, VersionInfo component, IReadOnlyList<string> strings)
    {
        writer.Flush();
        var stream = writer.BaseStream;
        long modelEnd = stream.Position;
        long offset = 0;
        foreach (string text in strings)
            writer.Write(offset += text.Length * sizeof(char));
        long charsStart = stream.Position;
        foreach (string text in strings)
            writer.Write(Encoding.Unicode.GetBytes(text));
        long assemblyStart = stream.Position;
        writer.Write(Encoding.Unicode.GetBytes(component.LoaderAssemblyName));
        long tail = stream.Position;
        writer.Write(TailMark);
        long end = stream.Position;

        stream.Position = 0;
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(Version);
        writer.Write((long)Size);
        writer.Write(modelEnd - Size);
        bool any = strings.Count > 0;
        writer.Write(any ? modelEnd : 0);
        writer.Write(charsStart - modelEnd);
        writer.Write(any ? charsStart : 0);
        writer.Write(any ? assemblyStart - charsStart : 0);
        writer.Write(component.ModelSignature);
        writer.Write(component.VerWrittenCur);
        writer.Write(component.VerReadableCur);
        foreach (ulong word in VersionInfo.Pack(component.LoaderSignature, 3).Concat(VersionInfo.Pack(component.LoaderSignatureAlt, 3)))
            writer.Write(word);
        writer.Write(tail);
        writer.Write(end);
        writer.Write(assemblyStart);
        writer.Write((uint)(tail - assemblyStart));
        writer.Flush();
        stream.Position = end;
    }

    public static ModelHeader Read(BinaryReader reader)
    {
        var stream = reader.BaseStream;
        Contracts.CheckDecode(stream.Length >= Size, "The model entry is shorter than its header.");
        Contracts.CheckDecode(reader.ReadUInt64() == Mark, "Wrong file type");
        uint written = reader.ReadUInt32(), readable = reader.ReadUInt32();
        Contracts.CheckDecode(readable <= written, "Corrupt file header");
        Contracts.CheckDecode(readable <= Version, "File is too new");
        Contracts.CheckDecode(written >= Version, "File is too old");
        Contracts.CheckDecode(reader.ReadInt64() == Size, "Corrupt file header");
        long modelEnd = Follow(stream, Size, reader.ReadInt64());
        long tableStart = reader.ReadInt64();
        long charsStart = Follow(stream, modelEnd, reader.ReadInt64());
        bool any = tableStart != 0;
        Contracts.CheckDecode(tableStart == (any ? modelEnd : 0) && (charsStart - modelEnd) % sizeof(long) == 0, "Corrupt file header");
        Contracts.CheckDecode(reader.ReadInt64() == (any ? charsStart : 0), "Corrupt file header");
        long charsEnd = Follow(stream, charsStart, reader.ReadInt64());
        ulong signature = reader.ReadUInt64();
        uint modelWritten = reader.ReadUInt32(), modelReadable = reader.ReadUInt32();
        string loader = VersionInfo.Unpack([reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64()]);
        string loaderAlt = VersionInfo.Unpack([reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64()]);
        long tail = reader.ReadInt64();
        Contracts.CheckDecode(Follow(stream, tail, sizeof(ulong)) == reader.ReadInt64(), "Corrupt file header");
        Contracts.CheckDecode(reader.ReadInt64() == charsEnd && Follow(stream, charsEnd, reader.ReadUInt32()) == tail, "Corrupt file header");

        stream.Position = modelEnd;
        var strings = ReadStrings(reader, (charsStart - modelEnd) / sizeof(long), charsEnd - charsStart);
        string assembly = ReadText(reader, tail - charsEnd);
        Contracts.CheckDecode(reader.ReadUInt64() == TailMark, "Corrupt model file tail");
        stream.Position = Size;
        return new ModelHeader
        {
            Component = new VersionInfo(VersionInfo.Unpack([signature]).PadRight(8), modelWritten, modelReadable, 0, assembly, loader, loaderAlt),
            Strings = strings,
            ModelEnd = modelEnd,
        };
    }

    public void Check(VersionInfo wanted)
    {
        Contracts.CheckDecode(Component.ModelSignature == wanted.ModelSignature, "Unknown file type");
        Contracts.CheckDecode(Component.VerReadableCur <= Component.VerWrittenCur, "Corrupt file header");
        Contracts.CheckDecode(Component.VerReadableCur <= wanted.VerWrittenCur,
            $"The component '{wanted.LoaderSignature}' of the model is too new: version {Component.VerReadableCur:x} where at most {wanted.VerWrittenCur:x} can be read.");
        Contracts.CheckDecode(Component.VerWrittenCur >= wanted.VerWeCanReadBack,
            $"The component '{wanted.LoaderSignature}' of the model is too old: version {Component.VerWrittenCur:x} where at least {wanted.VerWeCanReadBack:x} can be read.");
    }

    private static long Follow(Stream stream, long start, long length)
    {
        Contracts.CheckDecode(start >= 0 && length >= 0 && start <= stream.Length && length <= stream.Length - start, "Corrupt file header");
        return start + length;
    }

    private static string[] ReadStrings(BinaryReader reader, long count, long bytes)
    {
        var ends = new long[count];
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] = reader.ReadInt64();
            Contracts.CheckDecode(ends[i] >= (i == 0 ? 0 : ends[i - 1]) && ends[i] <= bytes && ends[i] % sizeof(char) == 0, "Corrupt string table");
        }
        Contracts.CheckDecode((count == 0 ? 0 : ends[^1]) == bytes, "Corrupt string table");
        return ends.Select((end, i) => ReadText(reader, end - (i == 0 ? 0 : ends[i - 1]))).ToArray();
    }

    private static string ReadText(BinaryReader reader, long bytes) => Encoding.Unicode.GetString(reader.ReadBytes(checked((int)bytes)));
}
