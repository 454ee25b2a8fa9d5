using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>Maps one row at a time: what a prediction engine uses.</summary>
internal sealed class VaeRowMapper(RowBinding binding) : IRowToRowMapper
{
    public DataViewSchema InputSchema => binding.InputSchema;

    public DataViewSchema OutputSchema => binding.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        binding.SourceColumnsFor(binding.Activate(dependingColumns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        if (input.Schema != binding.InputSchema)
        {
            throw new ArgumentException("The row is of another schema than the one this mapper was made for.", nameof(input));
        }
        return new MappedRow(input, binding, binding.Activate(activeColumns));
    }

    /// <summary>The source's row with our columns, computed at the first question after the source has moved.</summary>
    private sealed class MappedRow(DataViewRow source, RowBinding binding, ActiveColumns active) : DataViewRow, IEvaluatedRow
    {
        private readonly NextRow _current = CurrentOf(source.GetIdGetter());
        // A prediction engine makes all columns active: those are computed that have a getter.
        private readonly List<OutputColumn> _read = [];
        private IRowBlock? _block;
        private long _evaluatedPosition = -1;

        public override DataViewSchema Schema => binding.OutputSchema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            active.Require(column);
            if (binding.OutputAt(column.Index) is not { } output)
            {
                return source.GetGetter<TValue>(binding.InputSchema[column.Index]);
            }
            if (!_read.Contains(output))
            {
                _read.Add(output);
                (_block, _evaluatedPosition) = (null, -1);
            }
            return OutputGetter.Matched<TValue>(binding.GetterOf(output, this, SourceGetterOf));
        }

        public ReadOnlySpan<float> ValueOf(VaeOutput output)
        {
            _block ??= binding.BlockOf(source, capacity: 1, active with { Outputs = _read });
            if (_evaluatedPosition != source.Position)
            {
                _block.Read(_current);
                _block.Begin(1);
                _evaluatedPosition = source.Position;
            }
            return _block.Result(output, 0);
        }

        private static NextRow CurrentOf(ValueGetter<DataViewRowId> idOf) => (int _, out DataViewRowId id) =>
        {
            id = default;
            idOf(ref id);
            return true;
        };

        private Delegate SourceGetterOf(DataViewSchema.Column column) => TypedGetter.Of(source, column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _block?.Dispose();
                source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
