using System.Text.Json;
using System.Text.Json.Serialization;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Persistence;

/// <summary>config.json: everything about a trained model but its numbers.</summary>
internal sealed record ModelConfiguration
{
    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        MaxDepth = 8,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    public int FormatVersion { get; init; } = CurrentFormat;

    public required string InputColumn { get; init; }

    public required int Features { get; init; }

    public required IReadOnlyList<OutputColumn> OutputColumns { get; init; }

    public required int LatentDimension { get; init; }

    public required IReadOnlyList<int> HiddenLayerSizes { get; init; }

    public required VaeLikelihood Likelihood { get; init; }

    /// <summary>The seed of the posterior draws.</summary>
    public required int Seed { get; init; }

    public VaeColumns Columns => new(InputColumn, [.. OutputColumns.Select(each => new VaeColumn(each.Output, each.Name))]);

    public VaeArchitecture Architecture => new(Features, LatentDimension, HiddenLayerSizes, Likelihood);

    public static ModelConfiguration Of(VaeTransformer transformer) => new()
    {
        InputColumn = transformer.Columns.Input,
        Features = transformer.InputSize,
        OutputColumns = [.. transformer.Columns.Outputs.Select(each => new OutputColumn(each.Output, each.Name))],
        LatentDimension = transformer.LatentDimension,
        HiddenLayerSizes = transformer.HiddenLayerSizes,
        Likelihood = transformer.Likelihood,
        Seed = transformer.Model.Seed,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <exception cref="FormatException">It is not a configuration of this version, or it describes an impossible model.</exception>
    public static ModelConfiguration Parse(ReadOnlySpan<byte> json)
    {
        ModelConfiguration configuration;
        try
        {
            RequireKnownFormat(json);
            configuration = JsonSerializer.Deserialize<ModelConfiguration>(json, s_json) ?? throw new JsonException("It is null.");
            configuration.Validate();
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new FormatException($"config.json in the model is not a valid configuration: {error.Message}", error);
        }
        return configuration;
    }

    // Before anything else: a later format may have anything in it.
    private static void RequireKnownFormat(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = s_json.MaxDepth });
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("formatVersion", out JsonElement version) || !version.TryGetInt32(out int found))
        {
            throw new JsonException("It has no formatVersion.");
        }
        if (found != CurrentFormat)
        {
            throw new FormatException($"The model has format version {found}; this version of Vae.MLNet reads {CurrentFormat}.");
        }
    }

    // The rules of training hold for a file too.
    private void Validate()
    {
        string? NameOf(VaeOutput output) => OutputColumns.SingleOrDefault(each => each.Output == output)?.Name;
        if (OutputColumns.Select(each => each.Output).Distinct().Count() != OutputColumns.Count)
        {
            throw new ArgumentException("An output is named twice.");
        }
        if (Features < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(Features), Features, "There is to be at least one feature.");
        }
        _ = new VaeEstimator.Options
        {
            InputColumnName = InputColumn,
            OutputColumnName = NameOf(VaeOutput.Mean),
            LogVarianceColumnName = NameOf(VaeOutput.LogVariance),
            DrawColumnName = NameOf(VaeOutput.Draw),
            ReconstructionColumnName = NameOf(VaeOutput.Reconstruction),
            ScoreColumnName = NameOf(VaeOutput.Score),
            LatentDimension = LatentDimension,
            HiddenLayerSizes = HiddenLayerSizes,
            Likelihood = Likelihood,
        }.Validated();
    }

    internal sealed record OutputColumn(VaeOutput Output, string Name);
}
