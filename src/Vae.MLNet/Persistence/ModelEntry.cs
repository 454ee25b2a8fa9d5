using Microsoft.ML;
using Microsoft.ML.Runtime;
using Vae.MLNet.Persistence;

[assembly: LoadableClass(typeof(ITransformer), typeof(ModelEntry), null, typeof(SignatureLoadModel), "", ModelEntry.LoadName)]

namespace Vae.MLNet.Persistence;

/// <summary>
/// A VAE's folder inside an ML.NET model archive. Model.key: ML.NET's header, the kind of transformer, and the SHA-256 of the files beside it: config.json, weights.safetensors and history.json;
/// of a decoder also decoder.json.
/// </summary>
internal static class ModelEntry
{
    /// <summary>By this name ML.NET finds the loader; one name serves every transformer of this assembly.</summary>
    public const string LoadName = "Vae.MLNet";

    private const string ConfigurationFile = "config.json";
    private const string WeightsFile = "weights.safetensors";
    private const string HistoryFileName = "history.json";
    private const string DecoderFileName = "decoder.json";
    private const string VaeKind = "Vae";
    private const string DecoderKind = "VaeDecoder";
    // Ten thousand categories with names of a thousand letters, and more than any table has.
    private const int LongestConfiguration = 1 << 24;
    // A hundred thousand epochs.
    private const int LongestHistory = 1 << 25;
    private const int LongestDecoder = 1 << 16;

    private static VersionInfo Version => new(
        modelSignature: "VAEMLNET",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        // The simple name: with the full one a model could not be loaded by another version of this assembly.
        loaderAssemblyName: typeof(ModelEntry).Assembly.GetName().Name!,
        loaderSignature: LoadName);

    public static void Save(ModelSaveContext ctx, VaeTransformer transformer) => Save(ctx, VaeKind, FilesOf(transformer));

    public static void Save(ModelSaveContext ctx, VaeDecoder decoder) => Save(ctx, DecoderKind, [.. FilesOf(decoder.Model), (DecoderFileName, DecoderFile.Of(decoder).ToJson())]);

    private static (string Name, byte[] Content)[] FilesOf(VaeTransformer transformer)
    {
        (byte[] configuration, byte[] weights, byte[] history) = ModelPayload.Write(transformer);
        // What would not be read again is not written.
        RequireLength(ConfigurationFile, configuration, LongestConfiguration, "names of categories and slots");
        RequireLength(HistoryFileName, history, LongestHistory, "epochs");
        return [(ConfigurationFile, configuration), (WeightsFile, weights), (HistoryFileName, history)];
    }

    private static void RequireLength(string file, byte[] content, int longest, string what)
    {
        if (content.Length > longest)
        {
            throw new InvalidOperationException($"The model cannot be saved: {file}, with its {what}, would take {content.Length} bytes; at most {longest} are possible.");
        }
    }

    // Everything that can fail has happened before the first byte is written.
    private static void Save(ModelSaveContext ctx, string kind, (string Name, byte[] Content)[] files)
    {
        MLNetInternals.SetVersionInfo(ctx, Version);
        BinaryWriter writer = MLNetInternals.Writer(ctx);
        writer.Write(kind);
        foreach ((_, byte[] content) in files)
        {
            writer.Write(ModelPayload.Checksum(content));
        }
        foreach ((string name, byte[] content) in files)
        {
            MLNetInternals.SaveFile(ctx, name, file => file.Write(content));
        }
    }

    // Found by reflection: static, named Create, with these parameters, returning exactly what the attribute says.
    private static ITransformer Create(IHostEnvironment environment, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        try
        {
            return Read(ctx);
        }
        // Of the archive: deflated bytes that cannot be inflated, an entry that is shorter than it says.
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new FormatException($"The model is damaged: {error.Message}", error);
        }
    }

    private static ITransformer Read(ModelLoadContext ctx)
    {
        string kind = ReadKind(ctx.Reader);
        if (kind is not (VaeKind or DecoderKind))
        {
            throw new FormatException($"The model holds a '{kind}', which this version of Vae.MLNet does not know: it was written by a later version.");
        }
        byte[] configurationSum = ReadChecksum(ctx, ConfigurationFile);
        byte[] weightsSum = ReadChecksum(ctx, WeightsFile);
        byte[] historySum = ReadChecksum(ctx, HistoryFileName);
        DecoderFile? decoder = kind == DecoderKind ? DecoderFile.Parse(ReadFile(ctx, DecoderFileName, LongestDecoder, ReadChecksum(ctx, DecoderFileName))) : null;

        ModelConfiguration configuration = ModelConfiguration.Parse(ReadFile(ctx, ConfigurationFile, LongestConfiguration, configurationSum));
        // The length that the configuration implies is known before the weights are read.
        byte[] weights = ReadFile(ctx, WeightsFile, ModelPayload.LongestWeights(configuration), weightsSum);
        VaeTransformer transformer = ModelPayload.Read(configuration, weights, ReadFile(ctx, HistoryFileName, LongestHistory, historySum));
        return decoder is null ? transformer : new VaeDecoder(transformer, decoder.LatentColumnName, decoder.Decoding, decoder.Seed, ownsModel: true);
    }

    private static byte[] ReadChecksum(ModelLoadContext ctx, string file) => ModelPayload.ReadExactly(ctx.Reader, ModelPayload.ChecksumLength, "the checksum of " + file);

    private static string ReadKind(BinaryReader reader)
    {
        byte[] kind = ModelPayload.ReadExactly(reader, reader.ReadByte() & 0x7F, "the kind of model");
        return System.Text.Encoding.ASCII.GetString(kind);
    }

    private static byte[] ReadFile(ModelLoadContext ctx, string name, long longest, byte[] checksum)
    {
        byte[]? content = null;
        bool found = ctx.TryLoadBinaryStream(name, reader =>
        {
            long length = reader.BaseStream.Length - reader.BaseStream.Position;
            if (length > longest)
            {
                throw new FormatException($"{name} in the model is {length} bytes long; at most {longest} are expected.");
            }
            content = ModelPayload.ReadExactly(reader, (int)length, name);
        });
        if (!found || content is null)
        {
            throw new FormatException($"The model has no {name}: the file is damaged or not a model of Vae.MLNet.");
        }
        return ModelPayload.Checksum(content).AsSpan().SequenceEqual(checksum)
            ? content
            : throw new FormatException($"The checksum of {name} in the model is wrong: the file is damaged.");
    }
}
