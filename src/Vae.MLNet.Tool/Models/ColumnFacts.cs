using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Models;

/// <summary>What the tool says of columns in the input schema of a model file, as annotations, and finds there again.</summary>
internal static class ColumnFacts
{
    private const string WholeNumber = "WholeNumber";
    private const string PixelScale = "PixelScale";
    private const string Image = "ImageShape";
    private const string SlotNames = "SlotNames";

    /// <summary>Says that all training values were whole numbers: so will be written ones.</summary>
    public static void AddWholeNumber(DataViewSchema.Annotations.Builder annotations) => annotations.Add(WholeNumber, BooleanDataViewType.Instance, (ref bool value) => value = true);

    /// <summary>Says what cell stands for white, a pixel of 1.</summary>
    public static void AddPixelScale(DataViewSchema.Annotations.Builder annotations, float white) => annotations.Add(PixelScale, NumberDataViewType.Single, (ref float value) => value = white);

    /// <summary>Says of pixels how they are an image.</summary>
    public static void AddImageShape(DataViewSchema.Annotations.Builder annotations, ImageShape shape)
    {
        int[] sizes = [shape.Height, shape.Width, shape.Channels];
        annotations.Add(Image, new VectorDataViewType(NumberDataViewType.Int32, sizes.Length), (ref VBuffer<int> value) => new VBuffer<int>(sizes.Length, sizes).CopyTo(ref value));
    }

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

    public static ImageShape? ImageShapeOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Image)?.Type is not VectorDataViewType { Size: 3, ItemType: var item } || item != NumberDataViewType.Int32)
        {
            return null;
        }
        VBuffer<int> value = default;
        column.Annotations.GetValue(Image, ref value);
        int[] sizes = [.. value.DenseValues()];
        return new ImageShape(sizes[0], sizes[1], sizes[2]);
    }
}
