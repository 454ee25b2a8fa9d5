using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>A key: one of K categories, a slot each, of which one is 1. Key 0 is a missing value: all slots are 0.</summary>
/// <param name="settings">Name, likelihood and scaling.</param>
/// <param name="type">The key's type; its count is K.</param>
/// <param name="counts">The weight of the training rows in each category: 0 for one that training never saw.</param>
/// <param name="keyValues">What the categories stand for, if the column says.</param>
internal sealed class KeyColumn(VaeInputColumn settings, KeyDataViewType type, double[] counts, KeyValues? keyValues) : DataColumn(settings, type)
{
    private readonly ScalarFormat _format = ScalarFormat.Of(type.RawType)!;

    public override int Width => counts.Length;

    public IReadOnlyList<double> Counts => counts;

    public KeyValues? KeyValues => keyValues;

    public override DataViewSchema.Annotations? Annotations { get; } = keyValues is null ? null : Annotated(keyValues.AddTo);

    public override IEnumerable<Table> Tables => [new("counts", 1, counts)];

    public static ColumnLearner LearnerOf(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column source) => new Learner(settings, row, source);

    /// <exception cref="FormatException">The table is missing or impossible.</exception>
    public static KeyColumn Load(VaeInputColumn settings, KeyDataViewType type, KeyValues? keyValues, TableSource tables)
    {
        double[] counts = tables("counts", 1, (int)type.Count);
        return Array.TrueForAll(counts, count => count >= 0) ? new KeyColumn(settings, type, counts, keyValues) : throw new FormatException("A table 'counts' in the model has a negative count.");
    }

    public override ColumnReader ReaderOf(DataViewRow row, DataViewSchema.Column source) => new Reader(CategoryOf(row, source));

    /// <summary>Reads the category of the current row: from 0, or -1 for a missing one.</summary>
    public Func<int> CategoryOf(DataViewRow row, DataViewSchema.Column source)
    {
        Func<double> key = _format.Source(row, source);
        return () =>
        {
            int category = CategoryOf(key());
            return category < 0 || counts[category] > 0
                ? category
                : throw new InvalidOperationException($"Column '{Name}', row {row.Position}: found category {Describe(category)}, which no training row had; wanted one that was there, or "
                    + "a missing value (a MapValueToKey that is fitted on the training rows makes new values missing).");
        };
    }

    public override NumberSource NumbersOf(DataViewRow row, DataViewSchema.Column source) => _ => { };

    public override double Decode(int slot, float encoded) => encoded;

    public override void Decode(ReadOnlySpan<float> slots, Span<float> values) => slots.CopyTo(values);

    public override Delegate ReconstructingGetter(SlotSource slots) => _format.Getter(() => MostProbable(slots()) + 1);

    public override Delegate ImputingGetter(Delegate source, SlotSource slots, Func<long> position) =>
        _format.FillingGetter(source, key => CategoryOf(key) < 0, () => MostProbable(slots()) + 1);

    public override void RequireSame(DataViewSchema.Column source, string role, string parameter)
    {
        base.RequireSame(source, role, parameter);
        if (keyValues is null || KeyValues.Of(source) is not { } found || found.Values.SequenceEqual(keyValues.Values))
        {
            return;
        }
        int different = Enumerable.Range(0, Math.Min(found.Values.Count, keyValues.Values.Count)).First(i => found.Values[i] != keyValues.Values[i]);
        throw ColumnTypes.Mismatch(role, Name, $"the categories of training (key {different + 1} is '{keyValues.Values[different]}')", $"others (key {different + 1} is '{found.Values[different]}')", parameter);
    }

    private int CategoryOf(double key) => key >= 1 && key <= counts.Length ? (int)key - 1 : -1;

    /// <summary>The category of those that training saw; -1, missing, if it saw none at all.</summary>
    public int MostProbable(ReadOnlySpan<float> probabilities)
    {
        int best = -1;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (counts[i] > 0 && (best < 0 || probabilities[i] > probabilities[best]))
            {
                best = i;
            }
        }
        return best;
    }

    private string Describe(int category) => keyValues is null ? $"{category + 1}" : $"'{keyValues.Values[category]}' (key {category + 1})";

    private sealed class Reader(Func<int> category) : ColumnReader
    {
        public override double Read(Span<float> slots, Span<float> missing, ref bool hasHoles)
        {
            slots.Clear();
            int found = category();
            if (found >= 0)
            {
                slots[found] = 1;
            }
            else
            {
                hasHoles = true;
            }
            return 0;
        }
    }

    private sealed class Learner : ColumnLearner
    {
        private readonly VaeInputColumn _settings;
        private readonly DataViewSchema.Column _column;
        private readonly Func<double> _key;
        private readonly double[] _counts;

        public Learner(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column column)
        {
            _settings = settings;
            _column = column;
            _key = ScalarFormat.Of(column.Type.RawType)!.Source(row, column);
            _counts = new double[((KeyDataViewType)column.Type).Count];
        }

        public override void Observe(double weight)
        {
            double key = _key();
            if (key >= 1 && key <= _counts.Length)
            {
                _counts[(int)key - 1] += weight;
            }
            else
            {
                Missing++;
            }
        }

        public override DataColumn Learn(Action<string> warn)
        {
            var learned = new KeyColumn(_settings, (KeyDataViewType)_column.Type, _counts, KeyValues.Of(_column));
            switch (_counts.Count(each => each > 0))
            {
                case 0:
                    warn($"Column '{_settings.Name}' has no value in any training row: nothing can be learned of it, and it is reconstructed as missing.");
                    break;
                case 1:
                    warn($"Column '{_settings.Name}' is {learned.Describe(Array.FindIndex(_counts, each => each > 0))} in all training rows: it tells nothing, and is reconstructed as that.");
                    break;
            }
            return learned;
        }
    }
}
