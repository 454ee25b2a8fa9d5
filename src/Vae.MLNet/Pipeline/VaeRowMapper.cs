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
    private sealed class MappedRow : DataViewRow, IEvaluatedRow
    {
        private readonly DataViewRow _source;
        private readonly RowBinding _binding;
        private readonly ActiveColumns _active;
        private readonly IRowBlock? _block;
        private readonly ValueGetter<DataViewRowId>? _id;
        private long _evaluatedPosition = -1;

        public MappedRow(DataViewRow source, RowBinding binding, ActiveColumns active)
        {
            _source = source;
            _binding = binding;
            _active = active;
            if (active.Outputs.Count > 0)
            {
                _id = source.GetIdGetter();
                _block = binding.BlockOf(source, 1, active);
            }
        }

        public override DataViewSchema Schema => _binding.OutputSchema;

        public override long Position => _source.Position;

        public override long Batch => _source.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            _active.Require(column);
            return _binding.OutputAt(column.Index) is { } output
                ? OutputGetter.Matched<TValue>(_binding.GetterOf(output, this, SourceGetterOf))
                : _source.GetGetter<TValue>(_binding.InputSchema[column.Index]);
        }

        public ReadOnlySpan<float> ValueOf(VaeOutput output)
        {
            if (_evaluatedPosition != _source.Position)
            {
                DataViewRowId id = default;
                _id!(ref id);
                _block!.Read(0, id.Low, id.High);
                _block.Evaluate(1);
                _evaluatedPosition = _source.Position;
            }
            return _block!.Result(output, 0);
        }

        private Delegate SourceGetterOf(DataViewSchema.Column column) => TypedGetter.Of(_source, column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
