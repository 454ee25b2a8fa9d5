using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Likelihoods;

namespace Vae.MLNet.Columns;

/// <summary>A vector of <see cref="float"/>, dense or sparse: a slot each. NaN is a missing value.</summary>
/// <param name="settings">Name, likelihood and scaling.</param>
/// <param name="type">The vector's type; its size is the number of slots.</param>
/// <param name="scaling">Of each slot.</param>
/// <param name="slotNames">What the slots are called, if the column says.</param>
internal sealed class VectorColumn(VaeInputColumn settings, VectorDataViewType type, Scaling scaling, IReadOnlyList<string>? slotNames) : DataColumn(settings, type)
{
    public override int Width { get; } = type.Size;

    public IReadOnlyList<string>? SlotNames => slotNames;

    public override DataViewSchema.Annotations? Annotations { get; } = slotNames is { } names
        ? Annotated(annotations => KeyValues.AddText(annotations, Columns.SlotNames.Annotation, names))
        : null;

    public override IEnumerable<Table> Tables => scaling.Tables;

    public static ColumnLearner LearnerOf(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column source) => new Learner(settings, row, source);

    public override ColumnReader ReaderOf(DataViewRow row, DataViewSchema.Column source) => new Reader(scaling, new CheckedSource(row, source, Settings));

    public override NumberSource NumbersOf(DataViewRow row, DataViewSchema.Column source)
    {
        var vector = new VectorSource(row, source);
        return numbers =>
        {
            int slot = 0;
            foreach (float value in vector.Read().DenseValues())
            {
                numbers[slot++] = value;
            }
        };
    }

    public override double Decode(int slot, float encoded) => scaling.Decode(slot, encoded);

    public override void Decode(ReadOnlySpan<float> slots, Span<float> values) => scaling.Decode(slots, values);

    public override void SettleDraw(Span<float> slots) => scaling.SettleDraw(slots);

    public override Delegate ReconstructingGetter(SlotSource slots) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, Width);
        scaling.Decode(slots(), editor.Values);
        value = editor.Commit();
    });

    public override Delegate ImputingGetter(Delegate source, SlotSource slots, Func<long> position)
    {
        var observed = (ValueGetter<VBuffer<float>>)source;
        VBuffer<float> buffer = default;
        return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            observed(ref buffer);
            VectorSource.RequireLength(Name, position(), Width, buffer.Length);
            if (!HasNaN(buffer.GetValues()))
            {
                buffer.CopyTo(ref value);
                return;
            }
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, Width);
            buffer.CopyTo(editor.Values);
            ReadOnlySpan<float> filling = slots();
            for (int slot = 0; slot < Width; slot++)
            {
                if (float.IsNaN(editor.Values[slot]))
                {
                    editor.Values[slot] = (float)scaling.Decode(slot, filling[slot]);
                }
            }
            value = editor.Commit();
        });
    }

    private static bool HasNaN(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (float.IsNaN(value))
            {
                return true;
            }
        }
        return false;
    }

    private sealed class CheckedSource(DataViewRow row, DataViewSchema.Column column, VaeInputColumn settings)
    {
        private readonly VectorSource _source = new(row, column);
        private readonly ValueRange _range = new(column, settings);

        /// <returns>Whether none is missing.</returns>
        public bool Read(Span<float> destination)
        {
            _source.Read().CopyTo(destination);
            return _range.Check(destination, row.Position);
        }
    }

    private sealed class Reader(Scaling scaling, CheckedSource source) : ColumnReader
    {
        public override double Read(Span<float> slots, Span<float> missing, ref bool hasHoles)
        {
            bool complete = source.Read(slots);
            double logSlope = scaling.LogSlope(slots, complete);
            scaling.Encode(slots);
            if (!complete)
            {
                hasHoles = true;
                for (int slot = 0; slot < slots.Length; slot++)
                {
                    if (float.IsNaN(slots[slot]))
                    {
                        slots[slot] = 0;
                        missing[slot] = 1;
                    }
                }
            }
            return logSlope;
        }
    }

    private sealed class Learner : ColumnLearner
    {
        private readonly VaeInputColumn _settings;
        private readonly VectorDataViewType _type;
        private readonly string[]? _slotNames;
        private readonly CheckedSource _source;
        private readonly NumberStatistics _statistics;
        private readonly float[] _row;

        public Learner(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column column)
        {
            _settings = settings;
            _type = (VectorDataViewType)column.Type;
            _slotNames = Columns.SlotNames.Of(column);
            _source = new CheckedSource(row, column, settings);
            _statistics = new NumberStatistics(settings.Scaling!.Value, _type.Size);
            _row = new float[_type.Size];
        }

        public override void Observe(double weight)
        {
            if (!_source.Read(_row))
            {
                Missing += _row.Count(float.IsNaN);
            }
            _statistics.Add(_row, weight);
        }

        public override DataColumn Learn(Action<string> warn)
        {
            int empty = Enumerable.Range(0, _row.Length).Count(_statistics.Moments.IsEmpty);
            int constant = Enumerable.Range(0, _row.Length).Count(_statistics.Moments.IsConstant);
            if (empty > 0)
            {
                warn($"Column '{_settings.Name}': {empty} of {_row.Length} slots have no value in any training row: nothing can be learned of them{(_settings.Scaling == VaeScaling.None ? "" : ", and they are reconstructed as 0")}.");
            }
            // Pixels that are always black are nothing to warn of.
            if (constant > 0 && LikelihoodPart.HasNoise(_settings.Likelihood!.Value))
            {
                warn($"Column '{_settings.Name}': {constant} of {_row.Length} slots have one value in all training rows: they tell nothing{(_settings.Scaling == VaeScaling.None ? "" : ", and are reconstructed as that")}.");
            }
            _statistics.WarnOfLikelihood(_settings, warn);
            return new VectorColumn(_settings, _type, _statistics.Learn(), _slotNames);
        }
    }
}
