using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>The training data in memory: rows with a missing label, feature or weight are left out.</summary>
internal sealed class TrainingRows
{
    private readonly List<(double[] Values, int[] Indices, int Label, double Weight)> _rows = [];

    private TrainingRows(int classes, int features)
    {
        Classes = classes;
        Features = features;
    }

    public int Classes { get; }

    public int Features { get; }

    public long Skipped { get; private set; }

    public double WeightSum { get; private set; }

    public int Count => _rows.Count;

    /// <summary>A row; its indices are null where it is dense.</summary>
    public (double[] Values, int[] Indices, int Label, double Weight) this[int row] => _rows[row];

    public static TrainingRows Read(IHost host, IDataView data, string featureColumn, string labelColumn, string weightColumn)
    {
        var features = data.Schema[featureColumn];
        var label = data.Schema[labelColumn];
        var columns = new List<DataViewSchema.Column> { features, label };
        if (weightColumn != null)
            columns.Add(data.Schema[weightColumn]);
        using var cursor = data.GetRowCursor(columns);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var getLabel = cursor.GetGetter<uint>(label);
        var getWeight = weightColumn == null ? null : cursor.GetGetter<float>(columns[2]);

        var rows = new TrainingRows(checked((int)((KeyDataViewType)label.Type).Count), ((VectorDataViewType)features.Type).Size);
        VBuffer<float> values = default;
        uint key = 0;
        float weight = 1;
        while (cursor.MoveNext())
        {
            host.CheckAlive();
            getFeatures(ref values);
            getLabel(ref key);
            getWeight?.Invoke(ref weight);
            Contracts.Check(values.Length == rows.Features, $"The features of a row are {values.Length}, not {rows.Features}.");
            rows.Add(in values, key, weight);
        }
        return rows;
    }

    private void Add(in VBuffer<float> features, uint key, float weight)
    {
        foreach (float value in features.GetValues())
        {
            if (!float.IsFinite(value))
                key = 0;
        }
        if (key == 0 || key > Classes || !(weight > 0 && float.IsFinite(weight)))
        {
            Skipped++;
            return;
        }
        _rows.Add((Array.ConvertAll(features.GetValues().ToArray(), value => (double)value), features.IsDense ? null : features.GetIndices().ToArray(), (int)key - 1, weight));
        WeightSum += weight;
    }
}
