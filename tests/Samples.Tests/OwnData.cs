using System.Buffers.Binary;
using System.IO.Compression;

namespace Vae.MLNet.Samples.Tests;

/// <summary>A folder with somebody's own small data: images in MNIST's format, and two tables.</summary>
public sealed class OwnData : IDisposable
{
    private const int Images = 400;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vae samples ");

    public OwnData()
    {
        IReadOnlyList<ShapeImage> images = ShapeImages.Draw(Images, seed: 1);
        Pack("train-images-idx3-ubyte.gz", 0x0803, [Images, ImageRow.Side, ImageRow.Side], [.. images.SelectMany(image => image.Features.Select(pixel => (byte)pixel))]);
        Pack("train-labels-idx1-ubyte.gz", 0x0801, [Images], [.. Enumerable.Range(0, Images).Select(i => (byte)(i % 5))]);

        // One row in twenty is far from what the others say; some values are missing.
        var random = new Random(1);
        Table = Numbers("table.csv", Enumerable.Range(0, 300).Select(i =>
        {
            float value = random.NextSingle();
            bool isOdd = i % 20 == 0;
            return new[] { value, isOdd ? -5 : 2 * value, i % 7 == 0 ? float.NaN : 1 - value, isOdd ? 1 : 0 };
        }));
        WholeTable = Numbers("whole.csv", Enumerable.Range(0, 300).Select(i => new[] { i, i % 3, i * 0.5f, i % 2 }));
    }

    public string Folder => _folder.FullName;

    /// <summary>Columns A, B, C with holes in the third, and Odd, which is 1 for odd rows.</summary>
    public string Table { get; }

    /// <summary>The same columns without holes.</summary>
    public string WholeTable { get; }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Numbers(string name, IEnumerable<float[]> rows)
    {
        string path = Path.Combine(Folder, name);
        new NumberTable(["A", "B", "C", "Odd"], [.. rows]).Save(path);
        return path;
    }

    private void Pack(string name, int magic, int[] sizes, byte[] content)
    {
        using var gzip = new GZipStream(File.Create(Path.Combine(Folder, name)), CompressionLevel.Fastest);
        foreach (int number in sizes.Prepend(magic))
        {
            byte[] bytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(bytes, number);
            gzip.Write(bytes);
        }
        gzip.Write(content);
    }
}
