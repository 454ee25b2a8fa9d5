namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>What there is to measure, by name. Each runs in a process of its own, so that its peak memory is its own.</summary>
internal static class Measurement
{
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<Figure>>> All { get; } = new Dictionary<string, Func<IReadOnlyList<Figure>>>
    {
        ["fit-images"] = () => FitMeasurement.Images(batchSize: 128, epochs: 8),
        ["fit-images-1024"] = () => FitMeasurement.Images(batchSize: 1024, epochs: 8),
        ["fit-table"] = () => FitMeasurement.Table(batchSize: 128, epochs: 16),
        ["transform"] = TransformMeasurement.Run,
        ["one-row"] = OneRowMeasurement.Run,
        ["sample"] = SampleMeasurement.Run,
        [StreamMeasurement.Name] = StreamMeasurement.Streamed,
        [StreamMeasurement.InMemory] = StreamMeasurement.Cached,
        ["plain-fit-images"] = () => PlainMeasurement.FitImages(batchSize: 128),
        ["plain-fit-images-1024"] = () => PlainMeasurement.FitImages(batchSize: 1024),
        ["plain-fit-table"] = () => PlainMeasurement.FitTable(batchSize: 128),
        ["plain-transform"] = PlainMeasurement.Encode,
        ["plain-one-row"] = PlainMeasurement.OneRow,
        ["gemm"] = HardwareMeasurement.MatrixProducts,
        ["memory"] = HardwareMeasurement.Memory,
    };

    /// <summary>Those that are compared with others.</summary>
    public static IReadOnlyList<string> WithPeers { get; } = ["fit-images", "fit-images-1024", "fit-table", "transform", "one-row", "sample", StreamMeasurement.Name];
}
