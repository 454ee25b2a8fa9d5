using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Samples.Compression;

/// <summary>The way back from principal components, which ML.NET's PCA lacks: the affine map with the smallest squared error on the training rows.</summary>
internal sealed class LinearDecoder : IDisposable
{
    private readonly Tensor _weights;

    /// <param name="components">Of the training rows, as many each.</param>
    /// <param name="rows">The training rows.</param>
    public LinearDecoder(IReadOnlyList<float[]> components, IReadOnlyList<float[]> rows)
    {
        using DisposeScope scope = NewDisposeScope();
        _weights = linalg.lstsq(Extended(components), Matrix(rows)).Solution.MoveToOuterDisposeScope();
    }

    /// <summary>The rows that belong to such components.</summary>
    public float[][] Decode(IReadOnlyList<float[]> components)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. Extended(components).mm(_weights).data<float>().ToArray().Chunk((int)_weights.shape[1])];
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    // A one beside the components: its weights are the intercept.
    private static Tensor Extended(IReadOnlyList<float[]> components) => cat([Matrix(components), ones(components.Count, 1, float32, CPU)], 1);

    private static Tensor Matrix(IReadOnlyList<float[]> rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Count, rows[0].Length], float32, CPU);
}
