using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Likelihoods;

namespace Vae.MLNet.Columns;

/// <summary>Which columns can be an input, a label or a weight, and what an input's settings are if they are left open. All of it is known before any row is read.</summary>
internal static class ColumnTypes
{
    private const string WantedInput = "a number, a Boolean, a key or a known-size vector of Single";
    private const string WantedLabel = "a key (MapValueToKey makes one)";
    private const string WantedWeight = "Single";

    private enum Kind
    {
        Number,
        Flag,
        Key,
        Vector,
    }

    /// <summary>The column, and its settings with likelihood and scaling decided.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing, of a type that is none for an input, or has too many categories; or its settings do not fit its type.</exception>
    public static (DataViewSchema.Column Column, VaeInputColumn Settings) Input(DataViewSchema schema, VaeInputColumn settings, VaeEstimator.Options options, string parameter)
    {
        DataViewSchema.Column column = Find(schema, settings.Name, "input", parameter);
        if (KindOf(column.Type) is not { } kind)
        {
            throw Mismatch("input", settings.Name, WantedInput, $"{column.Type}", parameter);
        }
        RequireCategories(column, options.MaximumCategories, parameter);
        RequireOrder(column, options.Network, parameter);
        return (column, Decide(settings, kind, options, parameter));
    }

    /// <inheritdoc cref="Input(DataViewSchema, VaeInputColumn, VaeEstimator.Options, string)"/>
    public static SchemaShape.Column Input(SchemaShape shape, VaeInputColumn settings, VaeEstimator.Options options, string parameter)
    {
        SchemaShape.Column column = Find(shape, settings.Name, "input", parameter);
        Kind? kind = (column.Kind, column.IsKey) switch
        {
            (SchemaShape.Column.VectorKind.Scalar, true) => KindOf(new KeyDataViewType(column.ItemType.RawType, 1)),
            (SchemaShape.Column.VectorKind.Scalar, false) => KindOf(column.ItemType),
            (SchemaShape.Column.VectorKind.Vector, false) when column.ItemType == NumberDataViewType.Single => Kind.Vector,
            _ => null,
        };
        Decide(settings, kind ?? throw Mismatch("input", settings.Name, WantedInput, Describe(column), parameter), options, parameter);
        return column;
    }

    /// <exception cref="ArgumentOutOfRangeException">It is missing, no key, or has too many categories.</exception>
    public static DataViewSchema.Column Label(DataViewSchema schema, string name, int maximumCategories, string parameter)
    {
        DataViewSchema.Column column = Find(schema, name, "label", parameter);
        if (column.Type is not KeyDataViewType)
        {
            throw Mismatch("label", name, WantedLabel, $"{column.Type}", parameter);
        }
        RequireCategories(column, maximumCategories, parameter);
        return column;
    }

    /// <exception cref="ArgumentOutOfRangeException">It is missing or no key.</exception>
    public static void Label(SchemaShape shape, string name, string parameter)
    {
        SchemaShape.Column column = Find(shape, name, "label", parameter);
        if (!column.IsKey || column.Kind != SchemaShape.Column.VectorKind.Scalar)
        {
            throw Mismatch("label", name, WantedLabel, Describe(column), parameter);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">It is missing or no <see cref="float"/>.</exception>
    public static DataViewSchema.Column Weight(DataViewSchema schema, string name, string parameter)
    {
        DataViewSchema.Column column = Find(schema, name, "weight", parameter);
        return column.Type == NumberDataViewType.Single ? column : throw Mismatch("weight", name, WantedWeight, $"{column.Type}", parameter);
    }

    /// <exception cref="ArgumentOutOfRangeException">It is missing or no <see cref="float"/>.</exception>
    public static void Weight(SchemaShape shape, string name, string parameter)
    {
        SchemaShape.Column column = Find(shape, name, "weight", parameter);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType != NumberDataViewType.Single)
        {
            throw Mismatch("weight", name, WantedWeight, Describe(column), parameter);
        }
    }

    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role, string parameter) =>
        schema.GetColumnOrNull(name) ?? throw Missing(role, name, schema.Select(each => each.Name), parameter);

    public static ArgumentOutOfRangeException Mismatch(string role, string name, string wanted, string found, string parameter) =>
        new(parameter, $"Schema mismatch for {role} column '{name}': expected {wanted}, got {found}");

    /// <summary>Whether the settings, likelihood and scaling decided, are possible for a column of that type.</summary>
    public static bool AreSettingsOf(VaeInputColumn settings, DataViewType type) =>
        KindOf(type) is { } kind && settings is { Likelihood: { } likelihood, Scaling: { } scaling } && LikelihoodsOf(kind).Contains(likelihood) && ScalingsOf(likelihood).Contains(scaling)
        && (settings.Noise is not null) == LikelihoodPart.HasNoise(likelihood);

    /// <summary>Returns whether values of one type are values of the other: a vector may have other dimensions for as many slots.</summary>
    public static bool AreSame(DataViewType first, DataViewType second) =>
        first is VectorDataViewType one && second is VectorDataViewType other
        ? one.Size == other.Size && one.ItemType.Equals(other.ItemType)
        : first.Equals(second);

    /// <summary>Checks that a column with the dimensions of an image has them in the order in which the network reads images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has them in another order.</exception>
    private static void RequireOrder(DataViewSchema.Column column, VaeNetwork network, string parameter)
    {
        if (network is not VaeNetwork.Convolutional image || column.Type is not VectorDataViewType vector)
        {
            return;
        }
        // A dimension of 1 changes no order.
        int[] found = [.. vector.Dimensions.Where(size => size > 1)];
        int[] read = [.. new[] { image.Channels, image.Height, image.Width }.Where(size => size > 1)];
        if (!found.SequenceEqual(read) && found.Order().SequenceEqual(read.Order()))
        {
            throw Mismatch(
                "input",
                column.Name,
                $"{image.Channels} channels x {image.Height} rows x {image.Width} columns of pixels, as the network reads them"
                    + " (ExtractPixels gives them with interleavePixelColors: false)",
                $"{vector}",
                parameter);
        }
    }

    private static Kind? KindOf(DataViewType type) => type switch
    {
        BooleanDataViewType => Kind.Flag,
        KeyDataViewType => Kind.Key,
        NumberDataViewType => Kind.Number,
        VectorDataViewType { IsKnownSize: true } vector when vector.ItemType == NumberDataViewType.Single => Kind.Vector,
        _ => null,
    };

    private static VaeInputColumn Decide(VaeInputColumn settings, Kind kind, VaeEstimator.Options options, string parameter)
    {
        VaeLikelihood[] likelihoods = LikelihoodsOf(kind);
        VaeLikelihood likelihood = settings.Likelihood ?? (likelihoods.Length > 1 && kind != Kind.Flag ? options.Likelihood : likelihoods[0]);
        if (!likelihoods.Contains(likelihood))
        {
            throw new ArgumentOutOfRangeException(parameter, $"The likelihood of column '{settings.Name}' ({kind}) is to be {string.Join(" or ", likelihoods)}; it is set to {likelihood}.");
        }
        if (settings.Noise is not null && !LikelihoodPart.HasNoise(likelihood))
        {
            throw new ArgumentOutOfRangeException(parameter, $"Column '{settings.Name}' has a noise set, which the {likelihood} likelihood does not have.");
        }
        VaeScaling[] scalings = ScalingsOf(likelihood);
        VaeScaling scaling = settings.Scaling ?? scalings[0];
        return scalings.Contains(scaling)
            ? settings with { Likelihood = likelihood, Scaling = scaling, Noise = LikelihoodPart.HasNoise(likelihood) ? settings.Noise ?? options.Noise : null }
            : throw new ArgumentOutOfRangeException(parameter, $"The scaling of column '{settings.Name}' with the {likelihood} likelihood is to be {string.Join(" or ", scalings)}; it is set to {scaling}.");
    }

    // The default first.
    private static VaeLikelihood[] LikelihoodsOf(Kind kind) => kind switch
    {
        Kind.Key => [VaeLikelihood.Categorical],
        Kind.Flag => [VaeLikelihood.Bernoulli, VaeLikelihood.Gaussian, VaeLikelihood.StudentT, VaeLikelihood.Laplace],
        Kind.Number =>
        [
            VaeLikelihood.Gaussian, VaeLikelihood.StudentT, VaeLikelihood.Laplace, VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli, VaeLikelihood.Poisson,
        ],
        _ =>
        [
            VaeLikelihood.Gaussian, VaeLikelihood.StudentT, VaeLikelihood.Laplace, VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli, VaeLikelihood.Poisson, VaeLikelihood.Multinomial,
        ],
    };

    private static VaeScaling[] ScalingsOf(VaeLikelihood likelihood) =>
        LikelihoodPart.HasNoise(likelihood) ? [VaeScaling.Standard, VaeScaling.Quantile, VaeScaling.None] : [VaeScaling.None];

    private static SchemaShape.Column Find(SchemaShape shape, string name, string role, string parameter)
    {
        SchemaShape.Column? found = null;
        foreach (SchemaShape.Column each in shape)
        {
            if (each.Name == name)
            {
                found = each;
            }
        }
        return found ?? throw Missing(role, name, shape.Select(each => each.Name), parameter);
    }

    private static void RequireCategories(DataViewSchema.Column column, int most, string parameter)
    {
        if (column.Type is KeyDataViewType { Count: var count } && count > (ulong)most)
        {
            throw new ArgumentOutOfRangeException(
                parameter,
                $"Column '{column.Name}' has {count} categories; at most {most} are wanted: join rare ones before (MapValueToKey has a maximumNumberOfKeys), or raise {nameof(VaeEstimator.Options.MaximumCategories)}.");
        }
    }

    private static string Describe(SchemaShape.Column column) => $"{column.Kind} of {column.ItemType}{(column.IsKey ? " (key)" : "")}";

    private static ArgumentOutOfRangeException Missing(string role, string name, IEnumerable<string> present, string parameter) =>
        new(parameter, $"Could not find {role} column '{name}'; there are: {string.Join(", ", present.Distinct())}");
}
