using System.Runtime.InteropServices;
using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Quality;

/// <summary>Distances to training rows: numbers by their standard deviations, a different category counting as much as one.</summary>
internal sealed class NearestNeighbours : IDisposable
{
    private const int RowsPerBlock = 64;

    private readonly IReadOnlyList<SampleColumn> _training;
    private readonly (double Mean, double Deviation)[] _moments;
    private readonly double[][] _categories;
    private readonly HashSet<string> _rows;
    private readonly Tensor _encoded;

    public NearestNeighbours(IReadOnlyList<SampleColumn> training)
    {
        _training = training;
        _moments = [.. training.Select(column => column.IsCategory ? default : MomentsOf(column.Values))];
        _categories = [.. training.Select(column => column.IsCategory ? column.Values.Distinct().Order().ToArray() : [])];
        _rows = [.. Enumerable.Range(0, Count(training)).Select(row => Text(training, row))];
        _encoded = Encoded(training).DetachFromDisposeScope();
    }

    /// <returns>The median ratio of the distances to the nearest and the second nearest training row, and the share of rows that are training rows.</returns>
    public (double Ratio, double Copies) Of(IReadOnlyList<SampleColumn> rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor encoded = Encoded(rows);
        int count = Count(rows);
        var ratios = new double[count];
        for (int first = 0; first < count && _encoded.shape[0] > 1; first += RowsPerBlock)
        {
            using DisposeScope blockScope = NewDisposeScope();
            int block = Math.Min(RowsPerBlock, count - first);
            Tensor nearest = cdist(encoded.narrow(0, first, block), _encoded, 2.0, compute_mode.donot_use_mm_for_euclid_dist).topk(2, 1, largest: false).values;
            ReadOnlySpan<float> distances = MemoryMarshal.Cast<byte, float>(nearest.contiguous().bytes);
            for (int row = 0; row < block; row++)
            {
                // Among rows that are there twice a third is no copy of one.
                ratios[first + row] = distances[2 * row + 1] > 0 ? distances[2 * row] / distances[2 * row + 1] : 1;
            }
        }
        Array.Sort(ratios);
        double median = (ratios[(count - 1) / 2] + ratios[count / 2]) / 2;
        return (_encoded.shape[0] > 1 ? median : double.NaN, Enumerable.Range(0, count).Count(row => _rows.Contains(Text(rows, row))) / (double)count);
    }

    public void Dispose() => _encoded.Dispose();

    private static int Count(IReadOnlyList<SampleColumn> columns) => columns[0].Values.Length;

    // Adding 0 makes -0 the same as 0.
    private static string Text(IReadOnlyList<SampleColumn> columns, int row) => string.Join('\t', columns.Select(column => (column.Values[row] + 0.0).ToString("R", System.Globalization.CultureInfo.InvariantCulture)));

    private static (double Mean, double Deviation) MomentsOf(double[] values)
    {
        double[] present = Array.FindAll(values, value => !double.IsNaN(value));
        double mean = present.Length > 0 ? present.Average() : 0;
        double variance = present.Length > 0 ? present.Average(value => (value - mean) * (value - mean)) : 0;
        return (mean, variance > 0 ? Math.Sqrt(variance) : 1);
    }

    // A number, or the training rows' categories and one for all others.
    private int WidthOf(int column) => _training[column].IsCategory ? _categories[column].Length + 1 : 1;

    // [rows, numbers and categories]; a missing number is the mean.
    private Tensor Encoded(IReadOnlyList<SampleColumn> columns)
    {
        int rows = Count(columns);
        int width = _training.Select((_, index) => WidthOf(index)).Sum();
        Tensor encoded = zeros(rows, width, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Span<float> values = MemoryMarshal.Cast<byte, float>(encoded.bytes);
        // Two ones in different places are as far apart as a standard deviation.
        float one = MathF.Sqrt(0.5f);
        int offset = 0;
        for (int index = 0; index < columns.Count; index++)
        {
            for (int row = 0; row < rows; row++)
            {
                double value = columns[index].Values[row];
                if (!columns[index].IsCategory)
                {
                    values[row * width + offset] = double.IsNaN(value) ? 0 : (float)((value - _moments[index].Mean) / _moments[index].Deviation);
                }
                else
                {
                    int category = Array.BinarySearch(_categories[index], value);
                    values[row * width + offset + (category >= 0 ? category : _categories[index].Length)] = one;
                }
            }
            offset += WidthOf(index);
        }
        return encoded;
    }
}
