using System.Text.Json;

namespace Vae.MLNet.Persistence;

/// <summary>decoder.json: what a decoder is besides its model.</summary>
internal sealed record DecoderFile(string LatentColumnName, VaeDecoding Decoding, int Seed)
{
    public static DecoderFile Of(VaeDecoder decoder) => new(decoder.LatentColumnName, decoder.Decoding, decoder.Seed);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ModelConfiguration.Json);

    /// <exception cref="FormatException">It is not a decoder.</exception>
    public static DecoderFile Parse(byte[] json)
    {
        try
        {
            DecoderFile decoder = JsonSerializer.Deserialize<DecoderFile>(json, ModelConfiguration.Json) ?? throw new JsonException("It is null.");
            return string.IsNullOrWhiteSpace(decoder.LatentColumnName) ? throw new JsonException("The latent column has no name.") : decoder;
        }
        catch (JsonException error)
        {
            throw new FormatException($"decoder.json in the model is not a decoder: {error.Message}", error);
        }
    }
}
