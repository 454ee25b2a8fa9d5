using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>The names of a vector's slots, which its schema may say.</summary>
internal static class SlotNames
{
    /// <summary>The annotation of that name holds them.</summary>
    public const string Annotation = "SlotNames";

    /// <summary>Reads them.</summary>
    /// <returns>One per slot; null if the column does not say, or says another number of them.</returns>
    public static string[]? Of(DataViewSchema.Column column)
    {
        if (!column.HasSlotNames())
        {
            return null;
        }
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return names.Length == ((VectorDataViewType)column.Type).Size ? [.. names.DenseValues().Select(name => name.ToString())] : null;
    }
}
