using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Models;

/// <summary>What the tool says of columns in the input schema of a model file, as annotations, and finds there again.</summary>
internal static class ColumnFacts
{
    private const string WholeNumber = "WholeNumber";
    private const string PixelScale = "PixelScale";
    private const string SlotNames = "SlotNames";

    /// <summary>Says that all training values were whole numbers: so will be written ones.</summary>
    public static void AddWholeNumber(DataViewSchema.Annotations.Builder annotations) => annotations.Add(WholeNumber, BooleanDataViewType.Instance, (ref bool value) => value = true);

    /// <summary>Says what cell stands for white, a pixel of 1.</summary>
    public static void AddPixelScale(DataViewSchema.Annotations.Builder annotations, float white) => annotations.Add(PixelScale, NumberDataViewType.Single, (ref float value) => value = white);

    /// <summary>Says the names of a vector's cells.</summary>
    public static void AddSlotNames(DataViewSchema.Annotations.Builder annotations, IReadOnlyList<string> names)
    {
        ReadOnlyMemory<char>[] texts = [.. names.Select(name => name.AsMemory())];
        annotations.Add(SlotNames, new VectorDataViewType(TextDataViewType.Instance, texts.Length), (ref VBuffer<ReadOnlyMemory<char>> value) => new VBuffer<ReadOnlyMemory<char>>(texts.Length, texts).CopyTo(ref value));
    }

    public static bool IsWholeNumber(DataViewSchema.Column column)
    {
        bool value = false;
        if (column.Annotations.Schema.GetColumnOrNull(WholeNumber)?.Type is BooleanDataViewType)
        {
            column.Annotations.GetValue(WholeNumber, ref value);
        }
        return value;
    }

    public static float? PixelScaleOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(PixelScale)?.Type != NumberDataViewType.Single)
        {
            return null;
        }
        float value = 0;
        column.Annotations.GetValue(PixelScale, ref value);
        return value;
    }
}
