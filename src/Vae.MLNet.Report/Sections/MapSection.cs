using System.Xml.Linq;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;
using Vae.MLNet.Report.Rows;

namespace Vae.MLNet.Report.Sections;

/// <summary>The posterior means of the rows, seen from where they spread most.</summary>
internal static class MapSection
{
    // Of the points this part is outside of the frame at each side, where few lie far away.
    private const double Far = 0.002;

    public static XElement Of(ReportFacts facts)
    {
        LatentRows latents = facts.Latents;
        (double[] across, double[] upwards, string acrossName, string upwardsName) = latents.Dimension == 1
            ? (latents.Of(0).ToArray(), [.. latents.Scores.Select(score => (double)score)], "the latent's only dimension", $"score ({facts.ScoreName}, nats)")
            : Principal(latents);
        var plot = Plot.Of(RangeOf(across), RangeOf(upwards), height: 380);
        IReadOnlyList<RowGroup> groups = facts.Groups?.Groups ?? [new RowGroup("rows", [.. Enumerable.Range(0, latents.Count)], 0)];
        foreach (RowGroup group in groups.OrderBy(group => group.Colour is null ? 0 : 1).ThenByDescending(group => group.Rows.Count))
        {
            plot.Dots(StyleOf(group, facts.Groups), group.Rows.Select(row => (across[row], upwards[row])));
        }
        // What the model is told its latents need not say: names would lie in one place.
        if (facts.Groups is { IsRange: false } && facts.Groups.ColumnName != facts.Vae.LabelColumnName)
        {
            plot.Names([.. groups.Where(group => group.Colour is not null).Select(group => (Median(group, across), Median(group, upwards), Shortened(group.Name)))]);
        }
        XElement picture = plot.Drawn($"The latents of {Numbers.Count(latents.Count)} rows as points{(facts.Groups is null ? "" : $", coloured by {facts.Groups.ColumnName}")}.", acrossName, upwardsName);
        return Html.Section(
            "map",
            "Latent map",
            Html.Figure(
                "plot wide",
                picture,
                facts.Groups is null ? null : Html.Element("span", Html.Class("legend"), Html.Element("span", facts.Groups.ColumnName, ":"), groups.Select(group => Html.Element("span", Html.Class($"key dot {StyleOf(group, facts.Groups)}"), $"{group.Name} ({Numbers.Count(group.Rows.Count)})"))),
                "Each point is a row, at the mean of its posterior. Points that are near to each other are rows that the model finds alike; clumps are kinds of rows. ",
                facts.Groups is null
                    ? ""
                    : facts.Vae.LabelColumnName == facts.Groups.ColumnName
                        ? "The model is told the label, so that its latents need not say it: colours that mix are what is wanted."
                        : "Where colours part, the latent knows the label, though training was not told it."));
    }

    private static (double[] Across, double[] Upwards, string AcrossName, string UpwardsName) Principal(LatentRows latents)
    {
        int size = latents.Dimension;
        Matrix<double> means = Matrix<double>.Build.Dense(latents.Count, size, (row, dimension) => latents.MeanOf(row)[dimension] - latents.AverageOf(dimension));
        Evd<double> axes = (means.TransposeThisAndMultiply(means) / latents.Count).Evd(Symmetricity.Symmetric);
        double total = Math.Max(axes.EigenValues.Sum(value => value.Real), double.Epsilon);
        // In ascending order.
        (double[] Places, string Name) Axis(int index, string name)
        {
            Vector<double> axis = axes.EigenVectors.Column(size - 1 - index);
            // An axis has no direction of its own: its largest part is positive.
            Vector<double> turned = axis[axis.AbsoluteMaximumIndex()] < 0 ? -axis : axis;
            return ((means * turned).ToArray(), $"{name} principal axis, {Numbers.Percent(axes.EigenValues[size - 1 - index].Real / total)} of variance");
        }
        (double[] across, string acrossName) = Axis(0, "first");
        (double[] upwards, string upwardsName) = Axis(1, "second");
        return (across, upwards, acrossName, upwardsName);
    }

    private static (double Least, double Most) RangeOf(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int left = (int)(Far * sorted.Length);
        (double least, double most) = (sorted[left], sorted[^(left + 1)]);
        double room = 0.04 * (most - least);
        return (least - room, most + room);
    }

    private static double Median(RowGroup group, double[] values)
    {
        double[] sorted = [.. group.Rows.Select(row => values[row]).Order()];
        return sorted[sorted.Length / 2];
    }

    private static string StyleOf(RowGroup group, RowGroups? groups) => group.Colour is { } colour ? FormattableString.Invariant($"{(groups is { IsRange: true } ? "r" : "c")}{colour}") : "rest";

    private static string Shortened(string name) => name.Length <= 16 ? name : $"{name[..15]}…";
}
