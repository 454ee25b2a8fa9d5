using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>What a normaliser gathers about every slot of a column, row by row.</summary>
internal abstract class SlotAggregator
{
    public static SlotAggregator Create(NormalizerKind kind, DataViewRow row, DataViewSchema.Column column)
        => column.Type.ItemType().RawType == typeof(float) ? Create<float>(kind, row, column) : Create<double>(kind, row, column);

    public abstract void Read();

    public abstract AffineMap Finish(bool fixZero);

    private static SlotAggregator Create<T>(NormalizerKind kind, DataViewRow row, DataViewSchema.Column column) where T : struct, IBinaryFloatingPointIeee754<T>
        => kind == NormalizerKind.MinMax ? new MinMax<T>(row, column) : new MeanVariance<T>(row, column);

    private abstract class Reader<T> : SlotAggregator where T : struct, IBinaryFloatingPointIeee754<T>
    {
        private readonly DataViewType _type;
        private readonly ValueGetter<T> _getScalar;
        private readonly ValueGetter<VBuffer<T>> _getVector;
        private VBuffer<T> _buffer;

        protected Reader(DataViewRow row, DataViewSchema.Column column)
        {
            _type = column.Type;
            if (column.Type is VectorDataViewType vector)
            {
                Size = vector.Size;
                _getVector = row.GetGetter<VBuffer<T>>(column);
            }
            else
            {
                Size = 1;
                _getScalar = row.GetGetter<T>(column);
            }
        }

        protected int Size { get; }

        protected long Rows { get; private set; }

        public override void Read()
        {
            Rows++;
            if (_getScalar != null)
            {
                T value = default;
                _getScalar(ref value);
                Add(0, value);
                return;
            }
            _getVector(ref _buffer);
            Contracts.Check(_buffer.Length == Size, $"Normalizer expected {Size} slots but got {_buffer.Length}");
            var values = _buffer.GetValues();
            var indices = _buffer.GetIndices();
            for (int i = 0; i < values.Length; i++)
                Add(_buffer.IsDense ? i : indices[i], values[i]);
        }

        public override AffineMap Finish(bool fixZero)
        {
            var scales = new T[Size];
            var offsets = new T[Size];
            for (int slot = 0; slot < Size; slot++)
            {
                var (scale, offset) = Finish(slot, fixZero);
                scales[slot] = scale;
                offsets[slot] = fixZero || scale == T.Zero ? T.Zero : offset;
            }
            return AffineMap.Create(_type, scales, offsets);
        }

        protected abstract void Add(int slot, T value);

        /// <summary>The scale and the offset of a slot; the scale is zero where all values are the same.</summary>
        protected abstract (T Scale, T Offset) Finish(int slot, bool fixZero);
    }

    /// <summary>To [0, 1], or to [-1, 1] where zero stays zero.</summary>
    private sealed class MinMax<T> : Reader<T> where T : struct, IBinaryFloatingPointIeee754<T>
    {
        private readonly T[] _min, _max;
        private readonly long[] _seen;

        public MinMax(DataViewRow row, DataViewSchema.Column column) : base(row, column)
        {
            _min = Enumerable.Repeat(T.PositiveInfinity, Size).ToArray();
            _max = Enumerable.Repeat(T.NegativeInfinity, Size).ToArray();
            _seen = new long[Size];
        }

        protected override void Add(int slot, T value)
        {
            _seen[slot]++;
            Extend(slot, value);
        }

        protected override (T Scale, T Offset) Finish(int slot, bool fixZero)
        {
            // A slot that a sparse row left out was zero there.
            if (_seen[slot] < Rows)
                Extend(slot, T.Zero);
            T min = _min[slot], max = _max[slot];
            if (!(max > min))
                return default;
            return (T.One / (fixZero ? T.Max(T.Abs(max), T.Abs(min)) : max - min), min);
        }

        // Comparisons with NaN are false, so missing values change nothing.
        private void Extend(int slot, T value)
        {
            if (value > _max[slot])
                _max[slot] = value;
            if (value < _min[slot])
                _min[slot] = value;
        }
    }

    /// <summary>To unit variance, and to zero mean unless zero stays zero; then by the root of the mean square.</summary>
    private sealed class MeanVariance<T> : Reader<T> where T : struct, IBinaryFloatingPointIeee754<T>
    {
        // B. P. Welford, "Note on a method for calculating corrected sums of squares" (1962).
        private readonly double[] _mean, _squares;
        private readonly long[] _count, _skipped;

        public MeanVariance(DataViewRow row, DataViewSchema.Column column) : base(row, column)
        {
            _mean = new double[Size];
            _squares = new double[Size];
            _count = new long[Size];
            _skipped = new long[Size];
        }

        protected override void Add(int slot, T value)
        {
            if (value == T.Zero)
                return;
            if (!T.IsFinite(value))
            {
                _skipped[slot]++;
                return;
            }
            double number = double.CreateChecked(value);
            _count[slot]++;
            double delta = number - _mean[slot];
            _mean[slot] += delta / _count[slot];
            _squares[slot] += delta * (number - _mean[slot]);
        }

        protected override (T Scale, T Offset) Finish(int slot, bool fixZero)
        {
            long zeros = Rows - _skipped[slot] - _count[slot];
            if (zeros > 0)
            {
                // All zeros at once: the pairwise update of T. Chan, G. Golub, R. LeVeque (1979).
                double old = _mean[slot];
                _count[slot] += zeros;
                _mean[slot] -= old * zeros / _count[slot];
                _squares[slot] += old * _mean[slot] * zeros;
            }
            if (_squares[slot] == 0)
                return default;
            double variance = _squares[slot] / _count[slot];
            double spread = fixZero ? Math.Sqrt(variance + _mean[slot] * _mean[slot]) : Math.Sqrt(variance);
            return (T.One / T.CreateChecked(spread), T.CreateChecked(_mean[slot]));
        }
    }
}
