using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What the metrics of a multiclass prediction are computed from.</summary>
internal sealed class MulticlassCounts
{
    private const double SmallestProbability = 1e-15f;

    private readonly double[] _rowsOfClass;
    private readonly double[] _lossOfClass;
    private readonly double[] _ranks;
    private double _rows;
    private double _loss;

    private MulticlassCounts(string[] classNames)
    {
        ClassNames = classNames;
        _rowsOfClass = new double[classNames.Length];
        _lossOfClass = new double[classNames.Length];
        _ranks = new double[classNames.Length + 1];
        Confusion = Array.ConvertAll(classNames, _ => new double[classNames.Length]);
    }

    public string[] ClassNames { get; }

    public double[][] Confusion { get; }

    public double MicroAccuracy => _rows > 0 ? _ranks[0] / _rows : 0;

    /// <summary>The mean of the accuracies of the classes that occur.</summary>
    public double MacroAccuracy => ClassNames.Select((_, c) => c).Where(c => _rowsOfClass[c] > 0).Select(c => Confusion[c][c] / _rowsOfClass[c]).DefaultIfEmpty().Average();

    public double LogLoss => _rows > 0 ? _loss / _rows : 0;

    /// <summary>By which share the loss is below the entropy of the labels.</summary>
    public double LogLossReduction
    {
        get
        {
            double entropy = -_rowsOfClass.Where(count => count > 0).Sum(count => count / _rows * Math.Log(count / _rows));
            return (entropy - LogLoss) / entropy;
        }
    }

    public double[] PerClassLogLoss => _lossOfClass.Zip(_rowsOfClass, (loss, rows) => rows > 0 ? loss / rows : 0).ToArray();

    public double[] TopKAccuracies(int k)
    {
        double sum = 0;
        return _ranks.Take(k).Select(count => sum += count / _rows).ToArray();
    }

    public static MulticlassCounts Collect(IHostEnvironment env, IDataView data, string labelColumn, string scoreColumn, string predictedLabelColumn)
    {
        var label = data.Schema.RequireColumn(labelColumn, "data", "Label");
        var score = data.Schema.RequireColumn(scoreColumn, "data", "Score");
        data.Schema.RequireColumn(predictedLabelColumn, "data", "PredictedLabel");
        if (score.Type is not VectorDataViewType { IsKnownSize: true, ItemType: var item } vector || !item.Equals(NumberDataViewType.Single))
            throw Contracts.WrongColumn("schema", "score", score.Name, "known-size vector of Single with at least two elements", score.Type);
        var counts = new MulticlassCounts(NamesOf(score, vector.Size));
        using var cursor = data.GetRowCursor([label, score]);
        var getLabel = LabelGetter(cursor, label);
        var getScores = cursor.GetGetter<VBuffer<float>>(score);
        VBuffer<float> buffer = default;
        var scores = new float[vector.Size];
        while (cursor.MoveNext())
        {
            env.CheckAlive();
            double actual = getLabel();
            // Rows without a label, or with one that is no class number, do not count.
            if (!(actual >= 0) || actual != (int)actual)
                continue;
            getScores(ref buffer);
            buffer.CopyTo(scores);
            if (scores.All(float.IsFinite))
                counts.Add((int)actual, scores);
        }
        return counts;
    }

    private void Add(int label, float[] scores)
    {
        bool known = label < scores.Length;
        float own = known ? scores[label] : 0;
        double loss = -Math.Log(known ? Math.Min(1, Math.Max(SmallestProbability, own)) : SmallestProbability);
        int rank = scores.Where((score, c) => score > own || (score == own && c < label)).Count();
        _rows++;
        _loss += loss;
        _ranks[rank]++;
        if (!known)
            return;
        _rowsOfClass[label]++;
        _lossOfClass[label] += loss;
        Confusion[label][rank == 0 ? label : Array.IndexOf(scores, scores.Max())]++;
    }

    private static Func<double> LabelGetter(DataViewRow row, DataViewSchema.Column label)
    {
        if (label.Type is KeyDataViewType)
            return Generic.Call<Func<double>>(KeyGetter<int>, label.Type.RawType, row, label);
        if (label.Type.Equals(NumberDataViewType.Single) || label.Type.Equals(NumberDataViewType.Double))
            return Generic.Call<Func<double>>(NumberGetter<int>, label.Type.RawType, row, label);
        throw Contracts.WrongColumn("schema", "label", label.Name, "Single, Double or Key", label.Type);
    }

    // A key counts from 1; 0, a missing label, becomes -1.
    private static Func<double> KeyGetter<T>(DataViewRow row, DataViewSchema.Column label)
    {
        var number = NumberGetter<T>(row, label);
        return () => number() - 1;
    }

    private static Func<double> NumberGetter<T>(DataViewRow row, DataViewSchema.Column label)
    {
        var getter = row.GetGetter<T>(label);
        T value = default;
        return () =>
        {
            getter(ref value);
            return Convert.ToDouble(value);
        };
    }

    private static string[] NamesOf(DataViewSchema.Column score, int classes)
    {
        if (!score.HasSlotNames())
            return Enumerable.Range(0, classes).Select(c => c.ToString()).ToArray();
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return names.DenseValues().Select(name => name.ToString()).ToArray();
    }
}
