using Microsoft.ML;
using Vae.MLNet.Persistence;

namespace Vae.MLNet;

/// <summary>Models from somebody who is not trusted, on <see cref="MLContext.Model"/>.</summary>
public static class VaeModelCatalog
{
    private const long MostBytes = 1L << 30;

    /// <summary>
    /// Loads a model as <see cref="ModelOperationsCatalog.Load(string, out DataViewSchema)"/> does, after a look at the archive that ML.NET itself does not take: every entry's checksum, its size unpacked, and names
    /// that lead out of the archive, meet another, or nest deeper than any model. Whatever is wrong with the file is one type of exception.
    /// </summary>
    /// <param name="catalog">The model operations of an <see cref="MLContext"/>.</param>
    /// <param name="filePath">A file of <see cref="ModelOperationsCatalog.Save(ITransformer, DataViewSchema, string)"/>, whatever transformers are in it; or one that only pretends to be.</param>
    /// <param name="inputSchema">The schema of the rows that it reads; null if it was saved without.</param>
    /// <param name="maximumUnpackedBytes">The most that its entries may take unpacked, in bytes, at least 1. ML.NET unpacks them into temporary files. Default 1 GiB.</param>
    /// <returns>The model, which may own native memory: dispose it when done.</returns>
    /// <exception cref="FormatException">It is not a model, damaged, too large, or of a later version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public static ITransformer LoadUntrusted(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema? inputSchema, long maximumUnpackedBytes = MostBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        using FileStream file = File.OpenRead(filePath);
        return Load(catalog, file, $"The model '{filePath}'", out inputSchema, maximumUnpackedBytes);
    }

    /// <inheritdoc cref="LoadUntrusted(ModelOperationsCatalog, string, out DataViewSchema?, long)"/>
    /// <param name="catalog">The model operations of an <see cref="MLContext"/>.</param>
    /// <param name="stream">What such a file has; it is read twice, so it has to be able to go back.</param>
    /// <param name="inputSchema">The schema of the rows that it reads; null if it was saved without.</param>
    /// <param name="maximumUnpackedBytes">The most that its entries may take unpacked, in bytes, at least 1. Default 1 GiB.</param>
    /// <exception cref="ArgumentException">The stream cannot be read or cannot go back.</exception>
    public static ITransformer LoadUntrusted(this ModelOperationsCatalog catalog, Stream stream, out DataViewSchema? inputSchema, long maximumUnpackedBytes = MostBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanSeek)
        {
            throw new ArgumentException("The stream is to be one that can be read and go back.", nameof(stream));
        }
        return Load(catalog, stream, "The model", out inputSchema, maximumUnpackedBytes);
    }

    private static ITransformer Load(ModelOperationsCatalog catalog, Stream stream, string name, out DataViewSchema? inputSchema, long maximumUnpackedBytes)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumUnpackedBytes, 1);
        ModelArchive.Check(stream, name, maximumUnpackedBytes);
        stream.Position = 0;
        return ModelArchive.Load(catalog, stream, name, out inputSchema);
    }
}
