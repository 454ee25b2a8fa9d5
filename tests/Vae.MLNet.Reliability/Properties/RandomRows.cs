using System.Numerics;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>The rows of a case: values of random columns, and two columns that no model looks at.</summary>
internal sealed class RandomRows
{
    public const string Label = "Label";
    public const string Number = "Number";
    public const string Text = "Text";

    private readonly Case _case;
    private readonly int[][] _trainedKeys;

    public RandomRows(Case tried)
    {
        _case = tried;
        var random = new Random(tried.Seed);
        uint[] labels = [.. Enumerable.Range(0, tried.Rows).Select(row => tried.Labels == 0 ? 0 : row > 0 && random.Next(8) == 0 ? 0u : 1 + (uint)random.Next(tried.Labels))];
        bool[] isTrained = Array.ConvertAll(labels, label => tried.Labels == 0 || label > 0);
        _trainedKeys = [.. tried.Columns.Select(_ => Array.Empty<int>())];
        var columns = new List<TableColumn>();
        for (int i = 0; i < tried.Columns.Count; i++)
        {
            ColumnSpec spec = tried.Columns[i];
            if (spec.IsKey)
            {
                int[] keys = [.. Enumerable.Range(0, tried.Rows).Select(_ => random.Next(100) < spec.Holes ? 0 : 1 + random.Next(spec.Size))];
                _trainedKeys[i] = [.. keys.Where((key, row) => isTrained[row] && key > 0).Distinct()];
                columns.Add(Keys(spec, NameOf(i), keys));
            }
            else
            {
                columns.Add(Numbers(spec, NameOf(i), tried.Rows, spec.CanMiss ? spec.Holes : 0, random));
            }
        }
        TrainedLabels = [.. labels.Where(label => label > 0).Distinct()];
        Training = Whole(columns, labels);
    }

    public Table Training { get; }

    public uint[] TrainedLabels { get; }

    public static string NameOf(int column) => $"Column{column}";

    /// <summary>Keys that training rows have, from 1.</summary>
    public IReadOnlyList<int> TrainedKeys(int column) => _trainedKeys[column];

    /// <summary>Other rows that a model of the training rows can read.</summary>
    /// <param name="count">How many.</param>
    /// <param name="holes">Missing values, in per cent, where a column can miss some.</param>
    public Table Others(int count, int holes)
    {
        var random = new Random(_case.Seed + 1);
        var columns = new List<TableColumn>();
        for (int i = 0; i < _case.Columns.Count; i++)
        {
            ColumnSpec spec = _case.Columns[i];
            int[] known = _trainedKeys[i];
            columns.Add(spec.IsKey
                ? Keys(spec, NameOf(i), [.. Enumerable.Range(0, count).Select(_ => random.Next(100) < holes || known.Length == 0 ? 0 : known[random.Next(known.Length)])])
                : Numbers(spec, NameOf(i), count, spec.CanMiss ? holes : 0, random));
        }
        return Whole(columns, [.. Enumerable.Range(0, count).Select(_ => TrainedLabels.Length == 0 || random.Next(6) == 0 ? 0 : TrainedLabels[random.Next(TrainedLabels.Length)])]);
    }

    private Table Whole(List<TableColumn> columns, uint[] labels)
    {
        columns.Add(new ScalarColumn<long>(Number, NumberDataViewType.Int64, [.. labels.Select((_, row) => (long)row)]));
        columns.Add(new ScalarColumn<ReadOnlyMemory<char>>(Text, TextDataViewType.Instance, [.. labels.Select((_, row) => $"row {row}".AsMemory())]));
        if (_case.Labels > 0)
        {
            columns.Add(new ScalarColumn<uint>(Label, new KeyDataViewType(typeof(uint), _case.Labels), labels));
        }
        // Ids that say nothing of the place.
        return new Table(columns, [.. labels.Select((_, row) => (ulong)row * 0x9E3779B97F4A7C15)]);
    }

    private static TableColumn Keys(ColumnSpec spec, string name, int[] keys) => spec.Kind switch
    {
        ColumnKind.ByteKey => Keys<byte>(spec, name, keys),
        ColumnKind.UInt16Key => Keys<ushort>(spec, name, keys),
        ColumnKind.UInt32Key => Keys<uint>(spec, name, keys),
        _ => Keys<ulong>(spec, name, keys),
    };

    private static ScalarColumn<T> Keys<T>(ColumnSpec spec, string name, int[] keys)
        where T : struct, INumber<T> => new(name, new KeyDataViewType(typeof(T), spec.Size), Array.ConvertAll(keys, T.CreateChecked));

    private static TableColumn Numbers(ColumnSpec spec, string name, int count, int holes, Random random)
    {
        double Next() => random.Next(100) < holes ? double.NaN : spec.NumberOf(random);
        ScalarColumn<T> Column<T>(PrimitiveDataViewType type)
            where T : struct, INumber<T> => new(name, type, [.. Enumerable.Range(0, count).Select(_ => T.CreateSaturating(Next()))]);

        return spec.Kind switch
        {
            ColumnKind.Single => Column<float>(NumberDataViewType.Single),
            ColumnKind.Double => Column<double>(NumberDataViewType.Double),
            ColumnKind.SByte => Column<sbyte>(NumberDataViewType.SByte),
            ColumnKind.Int16 => Column<short>(NumberDataViewType.Int16),
            ColumnKind.Int32 => Column<int>(NumberDataViewType.Int32),
            ColumnKind.Int64 => Column<long>(NumberDataViewType.Int64),
            ColumnKind.Byte => Column<byte>(NumberDataViewType.Byte),
            ColumnKind.UInt16 => Column<ushort>(NumberDataViewType.UInt16),
            ColumnKind.UInt32 => Column<uint>(NumberDataViewType.UInt32),
            ColumnKind.UInt64 => Column<ulong>(NumberDataViewType.UInt64),
            ColumnKind.Boolean => new ScalarColumn<bool>(name, BooleanDataViewType.Instance, [.. Enumerable.Range(0, count).Select(_ => Next() >= 0.5)]),
            _ => new VectorOfSingles(name, [.. Enumerable.Range(0, count).Select(_ => Vector(spec, Next, random))], spec.Size),
        };
    }

    private static VBuffer<float> Vector(ColumnSpec spec, Func<double> next, Random random)
    {
        if (spec.Kind == ColumnKind.Vector)
        {
            return new VBuffer<float>(spec.Size, [.. Enumerable.Range(0, spec.Size).Select(_ => (float)next())]);
        }
        int[] slots = [.. Enumerable.Range(0, spec.Size).Where(_ => random.Next(3) == 0)];
        return slots.Length == spec.Size ? new VBuffer<float>(spec.Size, Array.ConvertAll(slots, _ => (float)next())) : new VBuffer<float>(spec.Size, slots.Length, Array.ConvertAll(slots, _ => (float)next()), slots);
    }
}
