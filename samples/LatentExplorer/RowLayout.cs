using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>What the numbers of a decoded row are, in the order of <see cref="VaeTransformer.Decode(ReadOnlySpan{float}, Span{float})"/>.</summary>
internal sealed class RowLayout
{
    private RowLayout(IReadOnlyList<RowField> fields, bool isVector, bool hasSlotNames) => (Fields, IsVector, HasSlotNames) = (fields, isVector, hasSlotNames);

    public IReadOnlyList<RowField> Fields { get; }

    /// <summary>Whether all of them are one vector.</summary>
    public bool IsVector { get; }

    public bool HasSlotNames { get; }

    public int Width => Fields.Sum(each => each.Width);

    /// <param name="vae">The model.</param>
    /// <param name="schema">Has its input columns.</param>
    public static RowLayout Of(VaeTransformer vae, DataViewSchema schema)
    {
        DataViewSchema.Column[] columns = [.. vae.InputColumns.Select(input => schema[input.Name])];
        bool isVector = columns is [{ Type: VectorDataViewType }];
        return new RowLayout([.. columns.SelectMany(FieldsOf)], isVector, isVector && columns[0].HasSlotNames());
    }

    private static IEnumerable<RowField> FieldsOf(DataViewSchema.Column column) => column.Type switch
    {
        KeyDataViewType => [new RowField(column.Name, Annotations.KeyNames(column))],
        BooleanDataViewType => [new RowField(column.Name, [], IsFlag: true)],
        VectorDataViewType { Size: var size } => VectorFields(column, size),
        _ => [new RowField(column.Name, [])],
    };

    private static IEnumerable<RowField> VectorFields(DataViewSchema.Column column, int size)
    {
        string[]? names = Annotations.SlotNames(column);
        return Enumerable.Range(0, size).Select(slot => new RowField(string.IsNullOrEmpty(names?[slot]) ? FormattableString.Invariant($"{column.Name}[{slot}]") : names[slot], []));
    }
}

/// <summary>A number, a truth value or a category of a row.</summary>
/// <param name="Name">The column, or the vector's slot.</param>
/// <param name="Categories">Of a category, whose probabilities a decoded row has.</param>
/// <param name="IsFlag">Whether it is a truth value, whose probability a decoded row has.</param>
internal sealed record RowField(string Name, IReadOnlyList<string> Categories, bool IsFlag = false)
{
    /// <summary>Numbers in a decoded row.</summary>
    public int Width => Math.Max(1, Categories.Count);
}
