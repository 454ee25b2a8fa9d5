using System.Globalization;
using System.Xml.Linq;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;
using Vae.MLNet.Report.Rows;

namespace Vae.MLNet.Report.Sections;

/// <summary>What the most active latent dimensions mean: rows whose latents differ in one of them only.</summary>
internal static class TraversalSection
{
    private const int MostDimensions = 8;
    private const int MostDimensionsOfTables = 6;
    private const int ImageSteps = 9;
    private const int TableSteps = 7;
    private const int MostValues = 6;

    // In standard deviations of the latents of all rows.
    private const double Reach = 2.5;

    // A value is shown if it changes by this part of its standard deviation.
    private const double SmallestChange = 0.1;

    // The standard deviation of a probability's outcome, at most.
    private const double FairCoin = 0.5;

    public static XElement Of(ReportFacts facts)
    {
        int[] dimensions = [.. facts.Dimensions.Where(facts.Latents.IsActive).Take(facts.Image is null ? MostDimensionsOfTables : MostDimensions)];
        if (dimensions.Length == 0)
        {
            return Html.Section("traversals", "Traversals", Html.Paragraph("No latent dimension is active: the posterior has collapsed onto the prior, and there is nothing to go along."));
        }
        IReadOnlyList<Cell>? labels = Labels(facts);
        int start = facts.Latents.Middle(Enumerable.Range(0, facts.Rows.Count).Where(row => labels is null || labels[row].Kind != CellKind.Missing));
        uint? label = labels is null ? null : (uint)labels[start].Number + 1;
        string from = $"from row {Numbers.Count(facts.Rows.Positions[start] + 1)}, the row nearest to the middle of all latents"
            + (labels is null ? "" : $" ({facts.Vae.LabelColumnName} {labels[start].Text})");
        return Html.Section(
            "traversals",
            "Traversals",
            Html.Paragraph(
                $"All start {from}. One dimension of its latent goes from {Reach.ToString(CultureInfo.InvariantCulture)} standard deviations below the average of all rows to as many above; the others stay. The dimensions that say most of a row come first."),
            facts.Image is null ? Tables(facts, dimensions, start, label) : Images(facts, dimensions, start, label));
    }

    // The condition of each row, which need not be what the map is coloured by.
    private static IReadOnlyList<Cell>? Labels(ReportFacts facts) => facts.Vae.LabelColumnName is not { } name
        ? null
        : facts.Groups is { } groups && groups.ColumnName == name ? groups.Labels : RowGroups.Read(facts.Rows, facts.Rows.Schema[name]).Labels;

    private static (double[] Places, float[][] Rows) Walk(ReportFacts facts, int dimension, int steps, int start, uint? label)
    {
        double deviation = facts.Latents.DeviationOf(dimension);
        double[] places = [.. Enumerable.Range(0, steps).Select(step => facts.Latents.AverageOf(dimension) + deviation * Reach * (2.0 * step / (steps - 1) - 1))];
        float[] latents = [.. places.SelectMany(place =>
        {
            float[] latent = facts.Latents.MeanOf(start).ToArray();
            latent[dimension] = (float)place;
            return latent;
        })];
        var rows = new float[steps * facts.Vae.InputSize];
        if (label is { } key)
        {
            facts.Vae.Decode(latents, [.. Enumerable.Repeat(key, steps)], rows);
        }
        else
        {
            facts.Vae.Decode(latents, rows);
        }
        return (places, [.. rows.Chunk(facts.Vae.InputSize)]);
    }

    private static XElement Images(ReportFacts facts, int[] dimensions, int start, uint? label)
    {
        var pictures = Pictures.Of(facts);
        IEnumerable<XElement> rows = dimensions.Select(dimension =>
        {
            (double[] places, float[][] images) = Walk(facts, dimension, ImageSteps, start, label);
            return Html.Row(
                Html.Head("row", Name(dimension), Html.Element("small", $"{Numbers.Nats(facts.Metrics.KlPerDimension[dimension])} nats")),
                Html.Text(Html.Class("strip"), images.Select((image, step) => pictures.Picture(image, $"Dimension {dimension} at {Numbers.Text(places[step])}"))));
        });
        return Html.Figure(
            "pictures",
            Html.Table("Traversals", ["Dimension", "from low to high"], rows),
            "Each line is one latent dimension from low to high. What changes along a line is what the dimension means; the nats are how much it says of a row on average.");
    }

    private static XElement Tables(ReportFacts facts, int[] dimensions, int start, uint? label)
    {
        ValueFacts[] values = [.. Values(facts)];
        IEnumerable<XElement> tables = dimensions.Select(dimension =>
        {
            (double[] places, float[][] rows) = Walk(facts, dimension, TableSteps, start, label);
            IEnumerable<XElement> changing = values
                .Select(value => (Value: value, Along: rows.Select(row => (double)row[value.Index]).ToArray()))
                .Select(each => (each.Value, each.Along, Change: (each.Along.Max() - each.Along.Min()) / each.Value.Deviation))
                .Where(each => each.Change > SmallestChange)
                .OrderByDescending(each => each.Change)
                .Take(MostValues)
                .Select(each => Html.Row(
                    Html.Head("row", each.Value.Name),
                    Html.Text(Plot.Spark(each.Along)),
                    each.Along.Select(number => Html.Number(each.Value.IsProbability ? Numbers.WholePercent(number) : Numbers.Spread(number, each.Along.Max() - each.Along.Min())))));
            return Html.Table(
                $"Traversal of latent dimension {dimension}",
                [$"{Name(dimension)}: {Numbers.Nats(facts.Metrics.KlPerDimension[dimension])} nats", "course", .. places.Select(place => Html.NumberHead(Numbers.Spread(place, 1)))],
                changing);
        });
        return Html.Figure(
            "rows",
            Html.Element("div", Html.Class("walks"), tables),
            "One table for each latent dimension; above its columns are the dimension's values, beside its name how much it says of a row on average. The lines are what changes most along it: averages of numbers, probabilities of categories. Together they are what the dimension means.");
    }

    private static string Name(int dimension) => FormattableString.Invariant($"z{dimension}");

    // What can be shown of a decoded row.
    private static IEnumerable<ValueFacts> Values(ReportFacts facts)
    {
        int first = 0;
        for (int index = 0; index < facts.Layout.Columns.Count; index++)
        {
            DataColumn column = facts.Layout.Columns[index];
            if (column is KeyColumn key)
            {
                // Of two categories one tells both.
                for (int category = 0; category < (key.Width == 2 ? 1 : key.Width); category++)
                {
                    yield return new ValueFacts(first + category, $"{column.Name} is {Cell.OfCategory(category, key.KeyValues?.Values).Text}", IsProbability: true, FairCoin);
                }
            }
            else if (column.Type is BooleanDataViewType)
            {
                yield return new ValueFacts(first, $"{column.Name} is true", IsProbability: true, FairCoin);
            }
            else
            {
                IReadOnlyList<string> names = ShownColumns.NamesOf(facts.Rows.Schema[column.Name]);
                for (int slot = 0; slot < column.Width; slot++)
                {
                    double deviation = facts.Spreads[index].Slots[slot].PopulationStandardDeviation;
                    yield return new ValueFacts(first + slot, names[slot], IsProbability: false, deviation > 0 ? deviation : double.PositiveInfinity);
                }
            }
            first += column.Width;
        }
    }

    /// <param name="Index">Among the values of a decoded row.</param>
    /// <param name="Name">What it is.</param>
    /// <param name="IsProbability">Whether it is one, and no number of a row.</param>
    /// <param name="Deviation">Its standard deviation: what a change is large or small against.</param>
    private sealed record ValueFacts(int Index, string Name, bool IsProbability, double Deviation);
}
