using Microsoft.ML;

namespace Vae.MLNet.Columns;

/// <summary>The columns that training reads, found and checked before any row is.</summary>
internal sealed record TrainingColumns(IReadOnlyList<(DataViewSchema.Column Column, VaeInputColumn Settings)> Inputs, DataViewSchema.Column? Label, DataViewSchema.Column? Weight)
{
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a type that does not fit.</exception>
    public static TrainingColumns Find(DataViewSchema schema, VaeEstimator.Options options, string parameter) => new(
        [.. options.InputColumns.Select(column => ColumnTypes.Input(schema, column, options, parameter))],
        options.LabelColumnName is { } label ? ColumnTypes.Label(schema, label, options.MaximumCategories, parameter) : null,
        options.ExampleWeightColumnName is { } weight ? ColumnTypes.Weight(schema, weight, parameter) : null);

    /// <summary>All columns that are read.</summary>
    public IEnumerable<DataViewSchema.Column> All => Inputs.Select(each => each.Column).Concat(ThatWeigh).DistinctBy(column => column.Index);

    /// <summary>Those that say how much a row counts.</summary>
    public IEnumerable<DataViewSchema.Column> ThatWeigh => new[] { Label, Weight }.OfType<DataViewSchema.Column>();

    public RowWeight WeightOf(DataViewRow row) => new(row, Weight, Label);

    /// <param name="layout">Of a model to train on.</param>
    /// <param name="options">What these columns were found for: a scaling that it leaves open is the layout's.</param>
    /// <exception cref="ArgumentException">The layout is of other columns, or of other settings of a column.</exception>
    public void RequireSame(RowLayout layout, VaeEstimator.Options options)
    {
        Require(string.Join(", ", layout.Columns.Select(column => column.Name)), string.Join(", ", Inputs.Select(input => input.Settings.Name)), "list of input columns");
        Require(layout.Label?.Name, Label?.Name, "label column");
        for (int index = 0; index < Inputs.Count; index++)
        {
            VaeInputColumn found = layout.Columns[index].Settings;
            VaeInputColumn wanted = Inputs[index].Settings;
            Require(found.Likelihood, wanted.Likelihood, $"likelihood of column '{found.Name}'");
            Require(found.Noise, wanted.Noise, $"noise of column '{found.Name}'");
            Require(found.Scaling, options.InputColumns[index].Scaling ?? found.Scaling, $"scaling of column '{found.Name}'");
        }

        static void Require(object? found, object? wanted, string what)
        {
            if (!Equals(found, wanted))
            {
                throw new ArgumentException($"The previous model cannot be trained on: its {what} is {found ?? "none"}; the settings ask for {wanted ?? "none"}.");
            }
        }
    }
}

/// <summary>How much the current row of a cursor counts in training: not at all without its label.</summary>
internal sealed class RowWeight(DataViewRow row, DataViewSchema.Column? weight, DataViewSchema.Column? label)
{
    private readonly Func<double>? _weight = weight is { } column ? ScalarFormat.Of(typeof(float))!.Source(row, column) : null;
    private readonly Func<double>? _label = label is { } column ? ScalarFormat.Of(column.Type.RawType)!.Source(row, column) : null;

    /// <summary>Rows that were left out since their label is missing.</summary>
    public long Unlabelled { get; private set; }

    /// <exception cref="InvalidOperationException">The weight is negative or not finite.</exception>
    public double Read()
    {
        double value = _weight?.Invoke() ?? 1;
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new InvalidOperationException(FormattableString.Invariant($"Weight column '{weight!.Value.Name}', row {row.Position}: found {value}, wanted a finite number of at least 0."));
        }
        if (_label?.Invoke() == 0)
        {
            Unlabelled++;
            return 0;
        }
        return value;
    }
}

/// <summary>The first pass over the training rows: learns the layout.</summary>
internal static class LayoutLearner
{
    /// <param name="input">The training rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="warn">Told what is odd about a column.</param>
    /// <param name="checkAlive">Throws when training is to stop.</param>
    /// <exception cref="InvalidOperationException">There are no rows to train on, or a value is not one for its column.</exception>
    public static LearnedLayout Learn(IDataView input, TrainingColumns columns, Action<string> warn, Action checkAlive)
    {
        checkAlive();
        using DataViewRowCursor cursor = input.GetRowCursor(columns.All);
        RowWeight rowWeight = columns.WeightOf(cursor);
        ColumnLearner[] learners = [.. columns.Inputs.Select(each => LearnerOf(each.Settings, cursor, each.Column))];
        ColumnLearner? label = columns.Label is { } labelColumn
            ? KeyColumn.LearnerOf(new VaeInputColumn(labelColumn.Name) { Likelihood = VaeLikelihood.Categorical, Scaling = VaeScaling.None }, cursor, labelColumn)
            : null;
        long read = 0;
        long rows = 0;
        while (cursor.MoveNext())
        {
            if (read++ % 1024 == 0)
            {
                checkAlive();
            }
            double weight = rowWeight.Read();
            if (weight > 0)
            {
                rows++;
                foreach (ColumnLearner learner in learners)
                {
                    learner.Observe(weight);
                }
                label?.Observe(weight);
            }
        }

        if (rows == 0)
        {
            string names = string.Join("', '", columns.Inputs.Select(each => each.Settings.Name));
            throw new InvalidOperationException(read == 0
                ? $"The training data has no rows (column '{names}'): at least one is wanted."
                : $"None of the {read} rows of the training data can be trained on: {rowWeight.Unlabelled} have no label{Of(columns.Label)}, and the others have weight 0{Of(columns.Weight)}: at least one with both is wanted.");
        }
        if (rowWeight.Unlabelled > 0)
        {
            warn($"{rowWeight.Unlabelled} of {read} rows have no label in column '{columns.Label!.Value.Name}' and are not trained on.");
        }
        DataColumn[] learned = [.. learners.Select(learner => learner.Learn(warn))];
        return new LearnedLayout(new RowLayout(learned, (KeyColumn?)label?.Learn(warn)), rows, learners.Sum(learner => learner.Missing));
    }

    /// <summary>For a layout that is known: counts the rows and what they miss.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="layout">What was learned of other rows.</param>
    /// <param name="checkAlive">Throws when training is to stop.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is not as in those rows.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a value is not one for its column.</exception>
    public static LearnedLayout Recall(IDataView input, TrainingColumns columns, RowLayout layout, Action checkAlive)
    {
        checkAlive();
        BoundLayout bound = layout.Bind(input.Schema, nameof(input));
        using DataViewRowCursor cursor = input.GetRowCursor(columns.All);
        RowWeight rowWeight = columns.WeightOf(cursor);
        RowReader reader = bound.ReaderOf(cursor, allowsHoles: true);
        var values = new float[layout.Width];
        var missing = new float[layout.NumberWidth];
        long rows = 0;
        long holes = 0;
        for (long read = 0; cursor.MoveNext(); read++)
        {
            if (read % 1024 == 0)
            {
                checkAlive();
            }
            if (rowWeight.Read() > 0)
            {
                rows++;
                holes += reader.Read(values, missing).HasHoles ? 1 : 0;
            }
        }
        return rows > 0
            ? new LearnedLayout(layout, rows, holes)
            : throw new InvalidOperationException($"The data has no rows to train or validate on (column '{string.Join("', '", columns.Inputs.Select(each => each.Settings.Name))}'): at least one is wanted.");
    }

    private static string Of(DataViewSchema.Column? column) => column is { Name: var name } ? $" in column '{name}'" : "";

    private static ColumnLearner LearnerOf(VaeInputColumn settings, DataViewRow row, DataViewSchema.Column column) => settings.Likelihood == VaeLikelihood.Categorical
        ? KeyColumn.LearnerOf(settings, row, column)
        : column.Type is Microsoft.ML.Data.VectorDataViewType ? VectorColumn.LearnerOf(settings, row, column) : NumberColumn.LearnerOf(settings, row, column);
}

/// <param name="Layout">What was learned of the columns.</param>
/// <param name="Rows">How many rows there are to train on.</param>
/// <param name="MissingValues">How many of their values are missing.</param>
internal sealed record LearnedLayout(RowLayout Layout, long Rows, long MissingValues);
