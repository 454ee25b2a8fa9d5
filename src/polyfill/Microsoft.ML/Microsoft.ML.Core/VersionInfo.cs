using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What a saved component says of itself: its signature, its versions, and who reads it.</summary>
internal readonly struct VersionInfo
{
    public readonly ulong ModelSignature;
    public readonly uint VerWrittenCur;
    public readonly uint VerReadableCur;
    public readonly uint VerWeCanReadBack;
    public readonly string LoaderAssemblyName;
    public readonly string LoaderSignature;
    public readonly string LoaderSignatureAlt;

    public VersionInfo(string modelSignature, uint verWrittenCur, uint verReadableCur, uint verWeCanReadBack,
        string loaderAssemblyName, string loaderSignature = null, string loaderSignatureAlt = null)
    {
        Contracts.Check(modelSignature?.Length == 8, "Model signature must be eight characters");
        ModelSignature = Pack(modelSignature.Replace(' ', '\0'), 1)[0];
        VerWrittenCur = verWrittenCur;
        VerReadableCur = verReadableCur;
        VerWeCanReadBack = verWeCanReadBack;
        LoaderAssemblyName = loaderAssemblyName;
        LoaderSignature = loaderSignature;
        LoaderSignatureAlt = loaderSignatureAlt;
    }

    /// <summary>The versions of a component of this library.</summary>
    public static VersionInfo Of<TComponent>(string modelSignature, string loaderSignature)
        => new(modelSignature, 0x00010001, 0x00010001, 0x00010001, typeof(TComponent).Assembly.GetName().Name, loaderSignature);

    /// <summary>Characters of one byte each, eight to a word, the first in the lowest byte.</summary>
    public static ulong[] Pack(string text, int words)
    {
        text ??= "";
        Contracts.Check(text.Length <= 8 * words && text.All(c => c <= 0xFF), $"'{text}' is not {8 * words} one-byte characters or fewer.");
        var packed = new ulong[words];
        for (int i = 0; i < text.Length; i++)
            packed[i / 8] |= (ulong)text[i] << (i % 8 * 8);
        return packed;
    }

    public static string Unpack(ulong[] packed)
        => new string(Enumerable.Range(0, 8 * packed.Length).Select(i => (char)(byte)(packed[i / 8] >> (i % 8 * 8))).ToArray()).TrimEnd('\0');
}
