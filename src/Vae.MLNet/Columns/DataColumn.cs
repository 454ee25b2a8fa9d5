using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Likelihoods;

namespace Vae.MLNet.Columns;

/// <summary>The slots of one column in the row that is current at the time of asking.</summary>
internal delegate ReadOnlySpan<float> SlotSource();

/// <summary>Gives the numbers of one column in the row that is current at the time of asking, in the column's units; NaN where one is missing.</summary>
internal delegate void NumberSource(Span<double> numbers);

/// <summary>What training has learned of an input column: enough to make a value slots of a dense row, and slots a value again.</summary>
internal abstract class DataColumn(VaeInputColumn settings, DataViewType type)
{
    /// <summary>Likelihood and scaling are set.</summary>
    public VaeInputColumn Settings { get; } = settings;

    public string Name => Settings.Name;

    public VaeLikelihood Likelihood => Settings.Likelihood!.Value;

    /// <summary>Its slots as a likelihood sees them.</summary>
    public LikelihoodPart Part => new(Likelihood, Width, Settings.Noise);

    public DataViewType Type { get; } = type;

    /// <summary>What its schema says besides: key values or names of slots; null for nothing.</summary>
    public virtual DataViewSchema.Annotations? Annotations => null;

    /// <summary>Slots in a dense row.</summary>
    public abstract int Width { get; }

    /// <summary>What it has learned, to be saved.</summary>
    public abstract IEnumerable<Table> Tables { get; }

    /// <summary>Reads this column of one cursor's rows.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="source">The column in its schema.</param>
    public abstract ColumnReader ReaderOf(DataViewRow row, DataViewSchema.Column source);

    /// <summary>Reads this column's numbers as they are. A key has none.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="source">The column in its schema.</param>
    public abstract NumberSource NumbersOf(DataViewRow row, DataViewSchema.Column source);

    /// <summary>A number in the column's units, as a reconstruction says it: of the column's type.</summary>
    public abstract double Decode(int slot, float encoded);

    /// <summary>Slots in the column's units: numbers as they are, categories as probabilities.</summary>
    public abstract void Decode(ReadOnlySpan<float> slots, Span<float> values);

    /// <summary>Brings drawn slots, in place, to values that rows have.</summary>
    public virtual void SettleDraw(Span<float> slots)
    {
    }

    /// <summary>A getter, of the column's type, of what the slots say.</summary>
    public abstract Delegate ReconstructingGetter(SlotSource slots);

    /// <summary>Makes a getter, of the column's type, of what a source gives, its missing values filled in by what the slots say.</summary>
    /// <param name="source">A getter of the column.</param>
    /// <param name="slots">The slots, which are only asked for where a value is missing.</param>
    /// <param name="position">The position of the current row, for an error.</param>
    public abstract Delegate ImputingGetter(Delegate source, SlotSource slots, Func<long> position);

    protected static DataViewSchema.Annotations Annotated(Action<DataViewSchema.Annotations.Builder> add)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        add(annotations);
        return annotations.ToAnnotations();
    }

    /// <summary>Checks that a column has the type of the training column; a vector may have other dimensions for as many slots.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is not as in training.</exception>
    public virtual void RequireSame(DataViewSchema.Column source, string role, string parameter)
    {
        if (!ColumnTypes.AreSame(source.Type, Type))
        {
            throw ColumnTypes.Mismatch(role, Name, $"{Type}, as in training", $"{source.Type}", parameter);
        }
    }
}

/// <summary>Reads one column of the current row of a cursor; keeps its buffer from row to row.</summary>
internal abstract class ColumnReader
{
    /// <param name="slots">Receives the encoded value; 0 where it is missing.</param>
    /// <param name="missing">All 0; receives 1 where a number is missing. Of no length for keys, whose slots are all 0 then.</param>
    /// <param name="hasHoles">Set where something is missing.</param>
    /// <returns>log |d encoded / d value|, over what is there.</returns>
    /// <exception cref="InvalidOperationException">The value is not one for this column.</exception>
    public abstract double Read(Span<float> slots, Span<float> missing, ref bool hasHoles);
}

/// <summary>Looks at one column of all training rows.</summary>
internal abstract class ColumnLearner
{
    /// <summary>Takes note of the current row's value.</summary>
    /// <exception cref="InvalidOperationException">The value is not one for this column.</exception>
    public abstract void Observe(double weight);

    /// <summary>How many values were missing.</summary>
    public long Missing { get; protected set; }

    /// <summary>What was learned. What is odd about the column is told to <paramref name="warn"/>.</summary>
    public abstract DataColumn Learn(Action<string> warn);
}
