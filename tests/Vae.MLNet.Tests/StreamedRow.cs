using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;
using Vae.MLNet.Training;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>A row of everything that training reads: numbers with and without holes, one with a curved scaling, a category, a label and a weight. All follow from two hidden numbers.</summary>
public sealed record StreamedRow
{
    // Keys count from 0 in objects; what is no key there is key 0, missing, in the view.
    private const uint NoKey = uint.MaxValue;

    public float Id { get; set; }

    public float Plain { get; set; }

    public float Holes { get; set; }

    public float Curved { get; set; }

    [KeyType(4)]
    public uint Kind { get; set; }

    [KeyType(3)]
    public uint Label { get; set; }

    public float Weight { get; set; }

    /// <summary>Whether training may learn from it.</summary>
    public bool Counts => Weight > 0 && Label != NoKey;

    public static StreamedRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(id =>
        {
            double u = random.NextDouble();
            double v = random.NextDouble();
            double Near(double value) => value + 0.1 * random.NextNormal();
            return new StreamedRow
            {
                Id = id,
                Plain = (float)Near(u),
                Holes = random.Next(4) == 0 ? float.NaN : (float)Near(v),
                Curved = (float)Math.Exp(3 * Near(u)),
                Kind = random.Next(10) == 0 ? NoKey : (uint)(4 * v),
                Label = id % 13 == 7 ? NoKey : (uint)(3 * u),
                Weight = id % 11 == 5 ? 0 : 0.5f + random.Next(3),
            };
        })];
    }

    /// <summary>Settings that use all of it.</summary>
    public static VaeEstimator.Options Options(Action<VaeEstimator.Options>? change = null) => TestRows.Options(options =>
    {
        options.InputColumns = [new("Plain"), new("Holes"), new("Curved") { Scaling = VaeScaling.Quantile }, new("Kind")];
        options.ReconstructionColumnName = null;
        (options.LabelColumnName, options.ExampleWeightColumnName) = ("Label", "Weight");
        change?.Invoke(options);
    });

    /// <summary>The same with the row's number, as it is, in the first slot.</summary>
    public static VaeEstimator.Options NumberedOptions() => Options(options => options.InputColumns = [new("Id") { Scaling = VaeScaling.None }, .. options.InputColumns]);
}

/// <summary>The rows of a view as training sees them.</summary>
internal static class TrainingSource
{
    public static RowSource Of(IDataView view, VaeEstimator.Options options)
    {
        VaeEstimator.Options validated = options.Validated();
        var columns = TrainingColumns.Find(view.Schema, validated, "input");
        return new RowSource(view, columns, LayoutLearner.Learn(view, columns, _ => { }, () => { }));
    }

    public static VaeArchitecture ArchitectureOf(RowSource source, VaeEstimator.Options options) => new(
        source.Layout.Parts, source.HasHoles, source.Layout.Label?.Width ?? 0, options.LatentDimension, options.Objective.IsDeterministic, options.Network, options.Prior);

    /// <summary>A text for each row that differs where anything does that training sees of it.</summary>
    public static string[] Texts(this RowBuffer buffer)
    {
        using DisposeScope scope = NewDisposeScope();
        WeightedRows rows = buffer.Rows(0, buffer.Count, OnDevice.Cpu);
        float[][] columns = [.. new[] { rows.Rows.Values, rows.Rows.Missing, rows.Rows.Label, rows.Weights }.OfType<Tensor>().Select(tensor => OnDevice.Floats(tensor).ToArray())];
        return [.. Enumerable.Range(0, buffer.Count).Select(row =>
            Exactly.Text(new { Slots = columns.Select(column => column.Skip(column.Length / buffer.Count * row).Take(column.Length / buffer.Count)), LogSlope = buffer.LogSlopeOf(row) }))];
    }

    /// <summary>The rows' numbers, if those are in the first slot.</summary>
    public static int[] Ids(this IEnumerable<TrainingBatch> batches)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. batches.SelectMany(batch => OnDevice.Floats(batch.Part(0, 1)!.Value.Rows.Rows.Values.narrow(1, 0, 1).contiguous()).ToArray()).Select(id => (int)id)];
    }
}

/// <summary>Another view from some cursor on.</summary>
internal sealed class ChangingView(IDataView source, IDataView later, int cursors) : IDataView
{
    private int _opened;

    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        (_opened++ < cursors ? source : later).GetRowCursor(columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];
}
