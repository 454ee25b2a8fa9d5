using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Vae.MLNet.Samples;

/// <summary>Reads images in MNIST's format (LeCun, Cortes and Burges, 1998): IDX files of bytes, packed by gzip, under MNIST's names.</summary>
public static class IdxImages
{
    // Two zero bytes, the type (8: unsigned bytes), the number of dimensions.
    private const uint LabelsMagic = 0x0801;
    private const uint ImagesMagic = 0x0803;

    // Deflate packs at most 1032 bytes into one: a header that promises more than that is wrong.
    private const long MostBytesPerPackedByte = 1032;

    /// <summary>Reads <c>train-*</c> to train on and <c>t10k-*</c> as held out; of one pair alone, the first four fifths to train on and the rest held out.</summary>
    /// <param name="folder">Has <c>train-images-idx3-ubyte.gz</c> with <c>train-labels-idx1-ubyte.gz</c>, or the same with <c>t10k</c>, or both.</param>
    /// <exception cref="FileNotFoundException">There is no such pair.</exception>
    /// <exception cref="InvalidDataException">A file is not what its name says, or has too few images.</exception>
    public static ImageSet Read(string folder)
    {
        IReadOnlyList<ImageRow>? train = ReadPair(folder, "train");
        IReadOnlyList<ImageRow>? test = ReadPair(folder, "t10k");
        if (train is not null && test is not null)
        {
            return new ImageSet(folder, train, test);
        }
        IReadOnlyList<ImageRow> images = train ?? test
            ?? throw new FileNotFoundException($"'{folder}' has neither train-images-idx3-ubyte.gz nor t10k-images-idx3-ubyte.gz.");
        if (images.Count < 5)
        {
            throw new InvalidDataException($"'{folder}' has {images.Count} images; to hold out a fifth, it takes 5.");
        }
        return ImageSet.Split(folder, images);
    }

    private static ImageRow[]? ReadPair(string folder, string prefix)
    {
        string imagesPath = Path.Combine(folder, $"{prefix}-images-idx3-ubyte.gz");
        string labelsPath = Path.Combine(folder, $"{prefix}-labels-idx1-ubyte.gz");
        if (!File.Exists(imagesPath))
        {
            return null;
        }

        (int[] imagesSizes, byte[] pixels) = ReadFile(imagesPath, ImagesMagic);
        (int[] labelsSizes, byte[] labels) = ReadFile(labelsPath, LabelsMagic);
        if (imagesSizes[1] != ImageRow.Side || imagesSizes[2] != ImageRow.Side)
        {
            throw new InvalidDataException($"'{imagesPath}': images of {imagesSizes[1]} x {imagesSizes[2]} pixels; {ImageRow.Side} x {ImageRow.Side} is wanted.");
        }
        if (imagesSizes[0] != labelsSizes[0])
        {
            throw new InvalidDataException($"'{imagesPath}' has {imagesSizes[0]} images, but '{labelsPath}' has {labelsSizes[0]} labels.");
        }

        var images = new ImageRow[labels.Length];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = new ImageRow { Label = labels[i].ToString(CultureInfo.InvariantCulture) };
            for (int pixel = 0; pixel < ImageRow.Pixels; pixel++)
            {
                images[i].Features[pixel] = pixels[i * ImageRow.Pixels + pixel];
            }
        }
        return images;
    }

    private static (int[] Sizes, byte[] Values) ReadFile(string path, uint magic)
    {
        using FileStream file = File.OpenRead(path);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            uint found = ReadNumber(unpacked);
            if (found != magic)
            {
                throw new InvalidDataException($"starts with 0x{found:x8}; 0x{magic:x8} is wanted");
            }
            var sizes = new int[magic & 0xff];
            long length = 1;
            for (int i = 0; i < sizes.Length; i++)
            {
                uint size = ReadNumber(unpacked);
                if (size == 0 || size > Array.MaxLength / length || length * size > file.Length * MostBytesPerPackedByte)
                {
                    throw new InvalidDataException($"dimension {i + 1} is {size}, which does not fit a file of {file.Length} bytes");
                }
                sizes[i] = (int)size;
                length *= size;
            }
            byte[] values = new byte[length];
            unpacked.ReadExactly(values);
            if (unpacked.ReadByte() >= 0)
            {
                throw new InvalidDataException($"has more than the {length} values that its header says");
            }
            return (sizes, values);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException($"'{path}' ends before the values that its header says.");
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{path}' is not an IDX file packed by gzip: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static uint ReadNumber(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[4];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
