using System.Text.Json;

namespace Vae.MLNet.Persistence;

/// <summary>history.json: what each epoch of training brought.</summary>
internal static class HistoryFile
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
        MaxDepth = 4,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        // Validation rows far from the training rows can have an ELBO of minus infinity.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static byte[] Write(IReadOnlyList<VaeProgress> history) => JsonSerializer.SerializeToUtf8Bytes(history, Json);

    /// <exception cref="FormatException">It is not a history.</exception>
    public static IReadOnlyList<VaeProgress> Read(byte[] content)
    {
        try
        {
            List<VaeProgress>? history = JsonSerializer.Deserialize<List<VaeProgress>>(content, Json);
            return history is not null && history.TrueForAll(epoch => epoch is not null) ? history : throw new JsonException("It has a null.");
        }
        catch (JsonException error)
        {
            throw new FormatException($"history.json in the model is not a history: {error.Message}", error);
        }
    }
}
