using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Tool.Csv;

namespace Vae.MLNet.Tool.Models;

/// <summary>A table as a model is to see it: the schema of its columns, which of them are inputs, and which are texts.</summary>
internal sealed class TrainingTable
{
    private readonly List<VaeInputColumn> _inputs = [];
    private readonly List<string> _texts = [];

    private TrainingTable(DataViewSchema schema) => Schema = schema;

    /// <summary>All columns of the table in its order, those that are ignored as texts.</summary>
    public DataViewSchema Schema { get; private init; }

    public IReadOnlyList<VaeInputColumn> Inputs => _inputs;

    /// <summary>Columns that become keys, the label among them.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Whether a value of an input is missing anywhere.</summary>
    public bool HasHoles { get; private init; }

    /// <exception cref="ToolException">A column is none that can be learned from.</exception>
    public static TrainingTable Of(TableProfile profile, TableChoices choices, string name)
    {
        choices.RequireColumns(profile, name);
        var schema = new DataViewSchema.Builder();
        var inputs = new List<VaeInputColumn>();
        var texts = new List<string>();
        bool hasHoles = false;
        foreach (ColumnProfile column in profile.Columns)
        {
            if (choices.Label == column.Name)
            {
                RequireCategories(column, name);
                texts.Add(column.Name);
                schema.AddColumn(column.Name, TextDataViewType.Instance);
            }
            else if (choices.Weight == column.Name)
            {
                schema.AddColumn(column.Name, NumberDataViewType.Single);
            }
            else if (choices.Ignored.Contains(column.Name))
            {
                schema.AddColumn(column.Name, TextDataViewType.Instance);
            }
            else if (choices.Image is not null)
            {
                hasHoles |= column.Missing > 0;
                if (inputs.Count == 0)
                {
                    AddPixels(schema, profile, choices, name);
                    inputs.Add(new VaeInputColumn(ImageShape.ColumnName));
                }
            }
            else
            {
                hasHoles |= column.Missing > 0;
                inputs.Add(AddInput(schema, column, choices, texts, name));
            }
        }
        if (inputs.Count == 0)
        {
            throw new ToolException(ExitCode.Input, $"{name}: no column is left to learn from.");
        }
        var table = new TrainingTable(schema.ToSchema()) { HasHoles = hasHoles };
        table._inputs.AddRange(inputs);
        table._texts.AddRange(texts);
        return table;
    }

    private static VaeInputColumn AddInput(DataViewSchema.Builder schema, ColumnProfile column, TableChoices choices, List<string> texts, string name)
    {
        ColumnChoice? choice = choices.Columns.GetValueOrDefault(column.Name);
        var settings = new VaeInputColumn(column.Name) { Likelihood = choice?.Likelihood, Scaling = choice?.Scaling };
        bool isNumber = choice?.IsCategory switch
        {
            true => false,
            false => true,
            null when choice?.Likelihood is not null || choice?.Scaling is not null => true,
            null => column.Texts == 0,
        };
        if (isNumber)
        {
            if (column.FirstText is var (text, line))
            {
                throw new ToolException(ExitCode.Input, $"{name}:{line}: column '{column.Name}': '{text}' is not a number.");
            }
            if (column.Numbers == 0)
            {
                throw new ToolException(ExitCode.Input, $"{name}: column '{column.Name}' has no value in any row: leave it out by --ignore {column.Name}.");
            }
            var annotations = new DataViewSchema.Annotations.Builder();
            if (column.IsWhole)
            {
                ColumnFacts.AddWholeNumber(annotations);
            }
            schema.AddColumn(column.Name, column.NeedsDouble ? NumberDataViewType.Double : NumberDataViewType.Single, annotations.ToAnnotations());
            return column.IsZeroOrOne && choice is null && choices.Likelihood is null ? settings with { Likelihood = VaeLikelihood.Bernoulli } : settings;
        }
        if (choice is null && column.IsTruth && !choices.ExpectsHoles)
        {
            schema.AddColumn(column.Name, BooleanDataViewType.Instance);
            return settings;
        }
        if (choice is null && column.Numbers > column.Texts && column.FirstText is var (odd, oddLine))
        {
            throw new ToolException(ExitCode.Input,
                $"{name}:{oddLine}: column '{column.Name}': '{odd}' is not a number, as {column.Numbers} other cells of the column are (--column {column.Name}=category if all are texts).");
        }
        RequireCategories(column, name);
        texts.Add(column.Name);
        schema.AddColumn(column.Name, TextDataViewType.Instance);
        return settings;
    }

    private static void AddPixels(DataViewSchema.Builder schema, TableProfile profile, TableChoices choices, string name)
    {
        ColumnProfile[] all = [.. profile.Columns];
        ColumnProfile[] pixels = [.. all.Where(column => !choices.IsApart(column.Name))];
        ImageShape shape = choices.Image!;
        if (pixels.Length != shape.Size)
        {
            throw new ToolException(ExitCode.Input, $"{name}: {pixels.Length} columns are left for pixels, and {shape} has {shape.Size} (--label and --ignore name those that are none).");
        }
        int first = Array.IndexOf(all, pixels[0]);
        if (Array.IndexOf(all, pixels[^1]) != first + pixels.Length - 1)
        {
            throw new ToolException(ExitCode.Input, $"{name}: the columns of the pixels are to be side by side; another one lies between them.");
        }
        if (Array.Find(pixels, column => column.FirstText is not null) is { FirstText: var (text, line) } odd)
        {
            throw new ToolException(ExitCode.Input, $"{name}:{line}: column '{odd.Name}': '{text}' is not a number.");
        }
        double largest = pixels.Max(column => column.Largest);
        if (pixels.Min(column => column.Smallest) < 0 || largest > ImageShape.White)
        {
            throw new ToolException(ExitCode.Input, FormattableString.Invariant($"{name}: pixels are to be from 0 to {ImageShape.White}, or from 0 to 1; there are some from {pixels.Min(column => column.Smallest)} to {largest}."));
        }
        var annotations = new DataViewSchema.Annotations.Builder();
        ColumnFacts.AddSlotNames(annotations, [.. pixels.Select(column => column.Name)]);
        ColumnFacts.AddImageShape(annotations, shape);
        ColumnFacts.AddPixelScale(annotations, largest > 1 ? ImageShape.White : 1);
        if (largest > 1 && pixels.All(column => column.IsWhole))
        {
            ColumnFacts.AddWholeNumber(annotations);
        }
        schema.AddColumn(ImageShape.ColumnName, new VectorDataViewType(NumberDataViewType.Single, pixels.Length), annotations.ToAnnotations());
    }

    private static void RequireCategories(ColumnProfile column, string name)
    {
        if (column.Numbers + column.Texts == 0)
        {
            throw new ToolException(ExitCode.Input, $"{name}: column '{column.Name}' has no value in any row: leave it out by --ignore {column.Name}.");
        }
        if (column.HasTooManyTexts)
        {
            throw new ToolException(ExitCode.Input, $"{name}: column '{column.Name}' has too many different texts, such as '{column.FirstText?.Text}': leave it out by --ignore {column.Name}, or raise --max-categories.");
        }
    }
}
