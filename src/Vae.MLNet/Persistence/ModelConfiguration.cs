using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Persistence;

/// <summary>config.json: everything about a trained model but its numbers.</summary>
internal sealed record ModelConfiguration
{
    private const int OldestFormat = 1;
    // Has added the dimensions of vectors.
    private const int FormatWithDimensions = 2;
    private const int NewestFormat = FormatWithDimensions;

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NewLine = "\n",
        MaxDepth = 8,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>The oldest format that has everything that is saved of the model, so that as many releases as possible read it.</summary>
    public required int FormatVersion { get; init; }

    public required IReadOnlyList<InputColumn> InputColumns { get; init; }

    public InputColumn? LabelColumn { get; init; }

    public required IReadOnlyList<OutputColumn> OutputColumns { get; init; }

    public required int LatentDimension { get; init; }

    public required VaeNetwork Network { get; init; }

    public required VaePrior Prior { get; init; }

    /// <summary>Whether it is a plain autoencoder.</summary>
    public required bool IsDeterministic { get; init; }

    /// <summary>Whether the encoder has inputs that mark missing numbers.</summary>
    public required bool SeesMissing { get; init; }

    public required ImputationSettings Imputation { get; init; }

    public required int ScoreDraws { get; init; }

    /// <summary>Scores above it are anomalies.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>The seed of the posterior draws.</summary>
    public required int Seed { get; init; }

    public static ModelConfiguration Of(VaeTransformer transformer) => new()
    {
        FormatVersion = transformer.Model.Layout.Columns.Any(column => column.Type is VectorDataViewType { Dimensions.Length: > 1 })
            ? FormatWithDimensions
            : OldestFormat,
        InputColumns = [.. transformer.Model.Layout.Columns.Select(InputColumn.Of)],
        LabelColumn = transformer.Model.Layout.Label is { } label ? InputColumn.Of(label) : null,
        OutputColumns = transformer.Outputs,
        LatentDimension = transformer.LatentDimension,
        Network = transformer.Network,
        Prior = transformer.Prior,
        IsDeterministic = transformer.Model.Architecture.IsDeterministic,
        SeesMissing = transformer.Model.Architecture.SeesMissing,
        Imputation = transformer.Model.Imputation,
        ScoreDraws = transformer.Model.ScoreDraws,
        ScoreThreshold = transformer.ScoreThreshold,
        Seed = transformer.Model.Seed,
    };

    [JsonIgnore]
    public VaeArchitecture Architecture => new(
        LikelihoodPart.Joined(InputColumns.Select(column => new LikelihoodPart(column.Likelihood, column.Width, column.Settings.Noise))),
        SeesMissing,
        LabelColumn?.Width ?? 0,
        LatentDimension,
        IsDeterministic,
        Network,
        Prior);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="FormatException">It is not a configuration of this version, or it describes an impossible model.</exception>
    public static ModelConfiguration Parse(ReadOnlySpan<byte> json)
    {
        ModelConfiguration configuration;
        try
        {
            RequireKnownFormat(json);
            configuration = JsonSerializer.Deserialize<ModelConfiguration>(json, Json) ?? throw new JsonException("It is null.");
            configuration.Validate();
        }
        // A network or prior without its kind is "not supported".
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"config.json in the model is not a valid configuration: {error.Message}", error);
        }
        return configuration;
    }

    // Before anything else: a later format may have anything in it. Without a tree of it in memory.
    private static void RequireKnownFormat(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("It is not an object.");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = reader.ValueTextEquals("formatVersion"u8);
            reader.Read();
            if (isVersion && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int found))
            {
                if (found is < OldestFormat or > NewestFormat)
                {
                    throw new FormatException(
                        $"The model has format version {found}; this version of Vae.MLNet reads {OldestFormat} to {NewestFormat}.");
                }
                return;
            }
            reader.Skip();
        }
        throw new JsonException("It has no formatVersion.");
    }

    // The rules of training hold for a file too.
    private void Validate()
    {
        foreach (InputColumn column in InputColumns.Concat(new[] { LabelColumn }.OfType<InputColumn>()))
        {
            column.Validate();
            if (column.Dimensions is not null && FormatVersion < FormatWithDimensions)
            {
                throw new ArgumentException($"Column '{column.Name}' has dimensions, which format {FormatVersion} does not have.");
            }
        }
        if (InputColumns.Count == 0)
        {
            throw new ArgumentException("There is no input column.");
        }
        // Numbers and their marks are the encoder's inputs.
        if (InputColumns.Sum(column => (long)column.Width) > Array.MaxLength / 2)
        {
            throw new ArgumentException("The input columns together have an impossible size.");
        }
        if (LabelColumn is { Likelihood: not VaeLikelihood.Categorical })
        {
            throw new ArgumentException("The label is not a key.");
        }
        foreach (OutputColumn output in OutputColumns)
        {
            if (string.IsNullOrWhiteSpace(output.Name) || !(output.IsOfInput ? output.Input >= 0 && output.Input < InputColumns.Count : output.Input == 0)
                || output.Imputation < 0 || output.Imputation >= (output.Output == VaeOutput.Imputed ? Imputation.Count : 1))
            {
                throw new ArgumentException($"The output column '{output.Name}' is of an input or an imputation that is not there.");
            }
        }
        if (OutputColumns.DistinctBy(output => output with { Name = "" }).Count() != OutputColumns.Count)
        {
            throw new ArgumentException("An output is named twice.");
        }
        if (OutputColumns.Count == 0 || OutputColumns.DistinctBy(output => output.Name).Count() != OutputColumns.Count)
        {
            throw new ArgumentException("There is no output column, or two have one name.");
        }
        if (OutputColumns.Any(output => output.Output == VaeOutput.PredictedLabel) && ScoreThreshold is null)
        {
            throw new ArgumentException("There is a predicted label, but no threshold of the score.");
        }
        if (ScoreThreshold is { } threshold && !float.IsFinite(threshold))
        {
            throw new ArgumentException("The threshold of the score is not finite.");
        }
        if (IsDeterministic && OutputColumns.Any(output => output.Output == VaeOutput.LogVariance))
        {
            throw new ArgumentException("A plain autoencoder has no variance.");
        }
        Network.ValidateFor(Architecture.ShapeOn(OnDevice.Cpu));
        _ = new VaeEstimator.Options
        {
            InputColumns = [.. InputColumns.Select(column => column.Settings)],
            LabelColumnName = LabelColumn?.Name,
            LatentDimension = LatentDimension,
            Network = Network,
            Prior = Prior,
            ScoreDraws = ScoreDraws,
            Imputation = Imputation.Kind,
            ImputationDraws = Imputation.Draws,
            NumberOfImputations = Imputation.Count,
        }.Validated();
    }

    /// <summary>A column that is read.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">The type of its values: of a key, of the number that it is kept in.</param>
    /// <param name="Likelihood">Its likelihood.</param>
    /// <param name="Scaling">Its scaling.</param>
    /// <param name="Noise">Of a likelihood with a width, where it comes from.</param>
    /// <param name="NoiseScale">That width, if it is given.</param>
    /// <param name="Size">Of a vector, its size.</param>
    /// <param name="Categories">Of a key, how many there are.</param>
    /// <param name="KeyValues">Of a key, what its categories stand for.</param>
    /// <param name="SlotNames">Of a vector, what its slots are called.</param>
    /// <param name="Dimensions">Of a vector of several dimensions, their sizes.</param>
    internal sealed record InputColumn(
        string Name, string Type, VaeLikelihood Likelihood, VaeScaling Scaling, VaeNoiseKind? Noise = null, double? NoiseScale = null, int? Size = null, int? Categories = null, KeyValues? KeyValues = null,
        IReadOnlyList<string>? SlotNames = null, IReadOnlyList<int>? Dimensions = null)
    {
        private const int LargestSize = 1 << 24;

        [JsonIgnore]
        public int Width => Size ?? Categories ?? 1;

        /// <summary>The most numbers that training can have learned of it.</summary>
        [JsonIgnore]
        public long LongestTables => Width * (Scaling == VaeScaling.Quantile ? (long)QuantileScaling.KnotRows * QuantileScaling.MostKnots : 2L);

        [JsonIgnore]
        public VaeInputColumn Settings => new(Name) { Likelihood = Likelihood, Scaling = Scaling, Noise = Noise is { } kind ? VaeNoise.Of(kind, NoiseScale) : null };

        public static InputColumn Of(DataColumn column) => new(
            column.Name,
            column.Type switch
            {
                VectorDataViewType vector => vector.ItemType.RawType.Name,
                _ => column.Type.RawType.Name,
            },
            column.Likelihood,
            column.Settings.Scaling!.Value,
            column.Settings.Noise?.Kind,
            column.Settings.Noise?.Scale,
            (column.Type as VectorDataViewType)?.Size,
            column.Type is KeyDataViewType ? column.Width : null,
            (column as KeyColumn)?.KeyValues,
            (column as VectorColumn)?.SlotNames,
            column.Type is VectorDataViewType { Dimensions: { Length: > 1 } dimensions } ? [.. dimensions] : null);

        /// <summary>The column with what training has learned of it.</summary>
        /// <exception cref="FormatException">A table is missing or impossible.</exception>
        public DataColumn Load(TableSource tables) => DataViewType switch
        {
            KeyDataViewType key => KeyColumn.Load(Settings, key, KeyValues, tables),
            VectorDataViewType vector => new VectorColumn(Settings, vector, Columns.Scaling.Load(Scaling, vector.Size, tables), SlotNames),
            var number => new NumberColumn(Settings, number, Columns.Scaling.Load(Scaling, 1, tables)),
        };

        public void Validate()
        {
            if (Size is < 1 or > LargestSize || Categories is < 1 or > LargestSize || (Size is not null && Categories is not null))
            {
                throw new ArgumentException($"Column '{Name}' has an impossible size.");
            }
            if (Dimensions is not null && !HasSizeOfDimensions())
            {
                throw new ArgumentException($"Column '{Name}' has {Size ?? 0} slots, and dimensions for another number of them.");
            }
            if (!ColumnTypes.AreSettingsOf(Settings, DataViewType))
            {
                throw new ArgumentException($"Column '{Name}' of type {DataViewType} cannot have the likelihood {Likelihood} and the scaling {Scaling}.");
            }
            if (KeyValues is not null && KeyValues.Values.Count != Categories)
            {
                throw new ArgumentException($"Column '{Name}' has {Categories} categories and {KeyValues.Values.Count} values of them.");
            }
            if (SlotNames is not null && SlotNames.Count != Size)
            {
                throw new ArgumentException($"Column '{Name}' has {Size} slots and {SlotNames.Count} names of them.");
            }
            // They are to be values of the type that they say.
            KeyValues?.AddTo(new DataViewSchema.Annotations.Builder());
        }

        private bool HasSizeOfDimensions()
        {
            long product = 1;
            foreach (int dimension in Dimensions!)
            {
                if (dimension < 1 || (product *= dimension) > LargestSize)
                {
                    return false;
                }
            }
            return Dimensions.Count > 1 && product == Size;
        }

        private DataViewType DataViewType
        {
            get
            {
                PrimitiveDataViewType item = ScalarFormat.Types.FirstOrDefault(type => type.RawType.Name == Type) ?? throw new ArgumentException($"Column '{Name}' has the type '{Type}', which is none for an input.");
                return (Size, Categories) switch
                {
                    ({ } size, _) => new VectorDataViewType(item, Dimensions?.ToArray() ?? [size]),
                    (_, { } categories) => new KeyDataViewType(item.RawType, (ulong)categories),
                    _ => item,
                };
            }
        }
    }
}
