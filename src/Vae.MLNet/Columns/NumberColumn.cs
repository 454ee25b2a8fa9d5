using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>A scalar number or flag: one slot. NaN is a missing value.</summary>
internal sealed class NumberColumn(VaeInputColumn settings, DataViewType type, Scaling scaling) : DataColumn(settings, type)
{
    private readonly ScalarFormat _format = ScalarFormat.Of(type.RawType)!;

    public override int Width => 1;

    public override IEnumerable<Table> Tables => scaling.Tables;

    public static ColumnLearner LearnerOf(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column source) => new Learner(settings, row, source);

    public override ColumnReader ReaderOf(DataViewRow row, DataViewSchema.Column source) => new Reader(scaling, new CheckedSource(row, source, Settings));

    public override NumberSource NumbersOf(DataViewRow row, DataViewSchema.Column source)
    {
        Func<double> value = _format.Source(row, source);
        return numbers => numbers[0] = value();
    }

    public override double Decode(int slot, float encoded) => _format.Nearest(scaling.Decode(slot, encoded));

    public override void Decode(ReadOnlySpan<float> slots, Span<float> values) => values[0] = (float)scaling.Decode(0, slots[0]);

    public override void SettleDraw(Span<float> slots) => scaling.SettleDraw(slots);

    public override Delegate ReconstructingGetter(SlotSource slots) => _format.Getter(() => scaling.Decode(0, slots()[0]));

    public override Delegate ImputingGetter(Delegate source, SlotSource slots, Func<long> position) =>
        _format.FillingGetter(source, double.IsNaN, () => scaling.Decode(0, slots()[0]));

    private sealed class CheckedSource(DataViewRow row, DataViewSchema.Column column, VaeInputColumn settings)
    {
        private readonly Func<double> _value = ScalarFormat.Of(column.Type.RawType)!.Source(row, column);
        private readonly ValueRange _range = new(column, settings);

        public double Read()
        {
            double value = _value();
            return _range.Contains(value) ? value : throw _range.Outside(value, row.Position, slot: null);
        }
    }

    private sealed class Reader(Scaling scaling, CheckedSource source) : ColumnReader
    {
        public override double Read(Span<float> slots, Span<float> missing, ref bool hasHoles)
        {
            double value = source.Read();
            if (double.IsNaN(value))
            {
                slots[0] = 0;
                missing[0] = 1;
                hasHoles = true;
                return 0;
            }
            slots[0] = scaling.Encode(0, value);
            return scaling.LogSlope(0, value);
        }
    }

    private sealed class Learner(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column column) : ColumnLearner
    {
        private readonly CheckedSource _source = new(row, column, settings);
        private readonly NumberStatistics _statistics = new(settings.Scaling!.Value, slots: 1);

        public override void Observe(double weight)
        {
            double value = _source.Read();
            _statistics.Add(0, value, weight);
            Missing += double.IsNaN(value) ? 1 : 0;
        }

        public override DataColumn Learn(Action<string> warn)
        {
            if (_statistics.Moments.IsEmpty(0))
            {
                warn($"Column '{settings.Name}' has no value in any training row: nothing can be learned of it{(settings.Scaling == VaeScaling.None ? "" : ", and it is reconstructed as 0")}.");
            }
            else if (_statistics.Moments.IsConstant(0))
            {
                warn(FormattableString.Invariant($"Column '{settings.Name}' is {_statistics.Moments.Mean(0)} in all training rows: it tells nothing{(settings.Scaling == VaeScaling.None ? "" : ", and is reconstructed as that")}."));
            }
            _statistics.WarnOfLikelihood(settings, warn);
            return new NumberColumn(settings, column.Type, _statistics.Learn());
        }
    }
}
