namespace Vae.MLNet.Samples.Compression;

/// <summary>Vectors in a file, each number in a few bits: steps of equal width between the smallest and the largest number of its dimension.</summary>
internal static class LatentFile
{
    /// <summary>Writes vectors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vectors">As long each.</param>
    /// <param name="bits">Of a number, 1 to 8.</param>
    /// <returns>The file's size in bytes.</returns>
    public static long Write(string path, IReadOnlyList<float[]> vectors, int bits)
    {
        int dimensions = vectors[0].Length;
        float[] low = [.. Enumerable.Range(0, dimensions).Select(dimension => vectors.Min(vector => vector[dimension]))];
        float[] high = [.. Enumerable.Range(0, dimensions).Select(dimension => vectors.Max(vector => vector[dimension]))];
        using FileStream file = File.Create(path);
        using var writer = new BinaryWriter(file);
        writer.Write(vectors.Count);
        writer.Write((short)dimensions);
        writer.Write((byte)bits);
        foreach ((float smallest, float largest) in low.Zip(high))
        {
            writer.Write(smallest);
            writer.Write(largest);
        }
        (int pending, int held) = (0, 0);
        foreach (float[] vector in vectors)
        {
            for (int dimension = 0; dimension < dimensions; dimension++)
            {
                float width = high[dimension] - low[dimension];
                int step = width > 0 ? (int)MathF.Round((vector[dimension] - low[dimension]) / width * ((1 << bits) - 1)) : 0;
                (pending, held) = (pending << bits | step, held + bits);
                for (; held >= 8; held -= 8)
                {
                    writer.Write((byte)(pending >> held - 8));
                }
            }
        }
        if (held > 0)
        {
            writer.Write((byte)(pending << 8 - held));
        }
        writer.Flush();
        return file.Length;
    }

    /// <summary>Reads them again, each number as the middle of its step.</summary>
    public static float[][] Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        (int count, int dimensions, int bits) = (reader.ReadInt32(), reader.ReadInt16(), reader.ReadByte());
        (float Low, float High)[] ranges = [.. Enumerable.Range(0, dimensions).Select(_ => (reader.ReadSingle(), reader.ReadSingle()))];
        var vectors = new float[count][];
        (int pending, int held) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            vectors[i] = new float[dimensions];
            for (int dimension = 0; dimension < dimensions; dimension++)
            {
                for (; held < bits; held += 8)
                {
                    pending = pending << 8 | reader.ReadByte();
                }
                held -= bits;
                int step = pending >> held & ((1 << bits) - 1);
                vectors[i][dimension] = ranges[dimension].Low + step * (ranges[dimension].High - ranges[dimension].Low) / ((1 << bits) - 1);
            }
        }
        return vectors;
    }
}
