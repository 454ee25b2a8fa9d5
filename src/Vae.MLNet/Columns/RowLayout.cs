using Microsoft.ML;
using Vae.MLNet.Likelihoods;

namespace Vae.MLNet.Columns;

/// <summary>
/// How a row of typed columns becomes a dense row of slots, and back: the one place that knows. Slots are ordered by likelihood, numbers first, then flags, then categories, so that a likelihood
/// sees one block; a mark for a missing value has the place of its number. A missing category is all zeros.
/// </summary>
internal sealed class RowLayout
{
    private readonly int[] _offsets;

    /// <param name="columns">The inputs, in the order in which they were named.</param>
    /// <param name="label">The condition, if there is one.</param>
    public RowLayout(IReadOnlyList<DataColumn> columns, KeyColumn? label)
    {
        Columns = columns;
        Label = label;
        _offsets = new int[columns.Count];
        foreach (int index in LikelihoodPart.Ordered(Enumerable.Range(0, columns.Count), index => columns[index].Part))
        {
            _offsets[index] = Width;
            Width += columns[index].Width;
        }
        Parts = LikelihoodPart.Joined(columns.Select(column => column.Part));
        NumberWidth = Parts.Where(part => !part.IsCategory).Sum(part => part.Width);
        var unseen = new bool[Width];
        for (int index = 0; index < columns.Count; index++)
        {
            for (int category = 0; columns[index] is KeyColumn key && category < key.Width; category++)
            {
                unseen[_offsets[index] + category] = key.Counts[category] == 0;
            }
        }
        UnseenCategories = unseen.Contains(true) ? unseen : null;
    }

    public IReadOnlyList<DataColumn> Columns { get; }

    public KeyColumn? Label { get; }

    /// <summary>Slots in a dense row.</summary>
    public int Width { get; }

    /// <summary>Slots of numbers and flags, which come first, and so the marks of missing values.</summary>
    public int NumberWidth { get; }

    public IReadOnlyList<LikelihoodPart> Parts { get; }

    /// <summary>Which slots are categories that training never saw, one flag per slot; null if there are none.</summary>
    public bool[]? UnseenCategories { get; }

    /// <summary>The slots of a column within a dense row.</summary>
    public ReadOnlySpan<float> SlotsOf(int column, ReadOnlySpan<float> row) => row.Slice(_offsets[column], Columns[column].Width);

    /// <summary>Brings drawn dense rows, one after the other, in place, to values that rows have.</summary>
    public void SettleDraws(Span<float> rows)
    {
        for (int column = 0; column < Columns.Count; column++)
        {
            if (Columns[column].Settings.Scaling == VaeScaling.Quantile)
            {
                for (int start = _offsets[column]; start < rows.Length; start += Width)
                {
                    Columns[column].SettleDraw(rows.Slice(start, Columns[column].Width));
                }
            }
        }
    }

    /// <summary>A dense row in the columns' units and in their order: numbers as they are, categories as probabilities.</summary>
    public void Decode(ReadOnlySpan<float> row, Span<float> values)
    {
        for (int column = 0; column < Columns.Count; column++)
        {
            Columns[column].Decode(SlotsOf(column, row), values[..Columns[column].Width]);
            values = values[Columns[column].Width..];
        }
    }

    /// <summary>The columns in a schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or not as in training.</exception>
    public BoundLayout Bind(DataViewSchema schema, string parameter)
    {
        DataViewSchema.Column Find(DataColumn column, string role)
        {
            DataViewSchema.Column found = ColumnTypes.Find(schema, column.Name, role, parameter);
            column.RequireSame(found, role, parameter);
            return found;
        }

        return new BoundLayout(this, [.. Columns.Select(column => Find(column, "input"))], Label is null ? null : Find(Label, "label"));
    }

    /// <summary>The first slot of a column within a dense row.</summary>
    public int OffsetOf(int column) => _offsets[column];
}

/// <summary>A layout's columns in a schema.</summary>
internal sealed record BoundLayout(RowLayout Layout, IReadOnlyList<DataViewSchema.Column> Inputs, DataViewSchema.Column? Label)
{
    /// <summary>All columns that are read.</summary>
    public IEnumerable<DataViewSchema.Column> All => Label is { } label ? Inputs.Append(label) : Inputs;

    /// <summary>Reads the rows of a cursor.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="allowsHoles">Whether an input may be missing.</param>
    public RowReader ReaderOf(DataViewRow row, bool allowsHoles) => new(this, row, allowsHoles);
}

/// <summary>Reads the current row of one cursor.</summary>
internal sealed class RowReader
{
    private readonly DataViewRow _row;
    private readonly bool _allowsHoles;
    private readonly (ColumnReader Reader, DataColumn Column, int Offset)[] _columns;
    private readonly Func<int>? _label;

    public RowReader(BoundLayout bound, DataViewRow row, bool allowsHoles)
    {
        _row = row;
        _allowsHoles = allowsHoles;
        _columns = [.. bound.Layout.Columns.Select((column, index) => (column.ReaderOf(row, bound.Inputs[index]), column, bound.Layout.OffsetOf(index)))];
        _label = bound.Label is { } label ? bound.Layout.Label!.CategoryOf(row, label) : null;
    }

    /// <param name="values">Receives the slots; 0 where a value is missing.</param>
    /// <param name="missing">All 0; receives 1 in the place of a number that is missing.</param>
    /// <exception cref="InvalidOperationException">A value is not one for its column.</exception>
    public RowFacts Read(Span<float> values, Span<float> missing)
    {
        double logSlope = 0;
        bool hasHoles = false;
        foreach ((ColumnReader reader, DataColumn column, int offset) in _columns)
        {
            logSlope += reader.Read(values.Slice(offset, column.Width), column.Likelihood == VaeLikelihood.Categorical ? [] : missing.Slice(offset, column.Width), ref hasHoles);
            if (hasHoles && !_allowsHoles)
            {
                throw new InvalidOperationException(
                    $"Column '{column.Name}', row {_row.Position}: found a missing value, wanted none, as in training: to score rows with holes, train with {nameof(VaeEstimator.Options.MaskingRate)} above 0.");
            }
        }
        return new RowFacts(logSlope, hasHoles, _label?.Invoke() ?? -1);
    }
}

/// <summary>What else there is to know of a row.</summary>
/// <param name="LogSlope">log |d row / d values|: a log density of the dense row plus this is one in the columns' units.</param>
/// <param name="HasHoles">Whether an input is missing.</param>
/// <param name="Label">The category of the label, from 0; -1 if it is missing or there is none.</param>
internal readonly record struct RowFacts(double LogSlope, bool HasHoles, int Label);
