using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>
/// The rows whose number in [0, 1) is below the test fraction, or the others. The number is the row's own draw from the seeded generator, or comes from the value
/// of the sampling key, so that all rows of one key are on one side.
/// </summary>
internal sealed class SplitView(IDataView source, double testFraction, string keyColumn, uint seed, bool test) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => keyColumn != null && source.CanShuffle;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = ActiveColumns.Of(Schema, columnsNeeded);
        if (keyColumn == null)
            return new Cursor(this, source.GetRowCursor(columnsNeeded), active, new TauswortheHybrid(seed).NextSingle);
        var key = Schema[keyColumn];
        var input = source.GetRowCursor(Schema.Where(column => active[column.Index] || column.Index == key.Index), CanShuffle ? rand : null);
        return new Cursor(this, input, active, Generic.Call<Func<float>>(KeyNumber<int>, key.Type.RawType, input, key, seed));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private static Func<float> KeyNumber<T>(DataViewRow row, DataViewSchema.Column column, uint seed)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            uint hash = Convert.ToString(value, CultureInfo.InvariantCulture).Aggregate(seed, (sum, letter) => TauswortheHybrid.MurmurRound(sum, letter));
            return new TauswortheHybrid(hash).NextSingle();
        };
    }

    private sealed class Cursor(SplitView view, DataViewRowCursor input, bool[] active, Func<float> number) : LinkedCursor(input)
    {
        private readonly SplitView _view = view;
        private long _position = -1;

        public override long Position => _position;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => active[column.Index] ? Input.GetGetter<TValue>(column) : throw ActiveColumns.Inactive(column);

        public override bool MoveNext()
        {
            while (Input.MoveNext())
            {
                if (number() < _view.TestFraction != _view.IsTest)
                    continue;
                _position++;
                return true;
            }
            _position = -1;
            return false;
        }
    }

    private double TestFraction => testFraction;

    private bool IsTest => test;
}
