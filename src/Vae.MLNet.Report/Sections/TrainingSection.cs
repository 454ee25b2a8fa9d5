using System.Xml.Linq;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;

namespace Vae.MLNet.Report.Sections;

/// <summary>What each epoch brought.</summary>
internal static class TrainingSection
{
    // Of the epochs, those whose values may leave the frame: else the rest would be a flat line.
    private const double EarlyPart = 0.1;
    private const double MostStretch = 2;

    public static XElement Of(ReportFacts facts)
    {
        IReadOnlyList<VaeProgress> history = facts.Vae.History;
        if (history.Count == 0)
        {
            return Html.Section("training", "Training", Html.Paragraph("The model has no history of its training."));
        }
        bool isValidated = history.Any(epoch => epoch.ValidationElbo is not null);
        VaeProgress last = history[^1];
        string name = facts.IsAutoencoder ? "Log-likelihood" : "ELBO";
        return Html.Section(
            "training",
            "Training",
            Html.Element(
                "div",
                Html.Class("plots"),
                Curve(
                    history,
                    name,
                    "nats",
                    $"Upwards is better, and a curve that is still rising could go on.{(isValidated ? " Where the dashed curve of rows that training did not see falls while the other rises, the model begins to learn rows by heart." : "")}",
                    epoch => epoch.Elbo,
                    isValidated ? epoch => epoch.ValidationElbo : null),
                Curve(history, "Reconstruction", "nats", "How well rows are given back: upwards is better.", epoch => epoch.Reconstruction),
                Curve(history, "KL divergence", "nats", "How much the latent says of a row. Near 0 it says nothing, and the model has collapsed.", epoch => epoch.Kl),
                Curve(history, "Learning rate", "step size", "How far a step of the optimiser goes.", epoch => epoch.LearningRate)),
            Html.Paragraph(
                $"After epoch {Numbers.Count(last.Epoch)}: {name} {Numbers.Nats(last.Elbo)} nats, of which reconstruction {Numbers.Nats(last.Reconstruction)} and KL divergence {Numbers.Nats(last.Kl)}"
                + $"{(last.ValidationElbo is { } validation ? $"; validation {name} {Numbers.Nats(validation)}" : "")}; {Numbers.Count(last.ActiveUnits)} active dimensions."),
            Html.Details("Every epoch in numbers", Epochs(history, isValidated)));
    }

    private static XElement Curve(IReadOnlyList<VaeProgress> history, string name, string unit, string caption, Func<VaeProgress, double> value, Func<VaeProgress, double?>? validation = null)
    {
        (double X, double Y)[] training = [.. history.Select(epoch => ((double)epoch.Epoch, value(epoch)))];
        (double X, double Y)[] held = validation is null ? [] : [.. history.Where(epoch => validation(epoch) is not null).Select(epoch => ((double)epoch.Epoch, validation(epoch)!.Value))];
        (double Least, double Most) range = RangeOf([.. training, .. held], history.Count, out bool leavesOut);
        double room = 0.04 * (range.Most - range.Least);
        var plot = Plot.Of((history[0].Epoch, history[^1].Epoch), (range.Least - room, range.Most + room), wholeNumbers: true);
        plot.Line("first", training);
        if (held.Length > 0)
        {
            plot.Line("second dashed", held);
        }
        XElement[] legend = held.Length == 0 ? [] : [Html.Element("span", Html.Class("key first"), "training"), Html.Element("span", Html.Class("key second dashed"), "validation")];
        return Html.Figure(
            "plot",
            plot.Drawn($"{name} after each of {history.Count} epochs: from {Numbers.Text(training[0].Y)} to {Numbers.Text(training[^1].Y)} {unit}.", "epoch", $"{name}, {unit}"),
            Html.Element("strong", name),
            ". ",
            caption,
            leavesOut ? " The first epochs are outside of the frame." : "",
            legend.Length > 0 ? Html.Element("span", Html.Class("legend"), legend) : null);
    }

    private static (double Least, double Most) RangeOf(IReadOnlyList<(double X, double Y)> points, int epochs, out bool leavesOut)
    {
        double firstLate = points[0].X + Math.Floor(EarlyPart * epochs);
        double[] late = [.. points.Where(point => point.X >= firstLate).Select(point => point.Y)];
        (double least, double most) = (late.Min(), late.Max());
        (double leastOfAll, double mostOfAll) = (points.Min(point => point.Y), points.Max(point => point.Y));
        leavesOut = mostOfAll - leastOfAll > MostStretch * (most - least) && most > least;
        return leavesOut ? (least, most) : (leastOfAll, mostOfAll);
    }

    private static XElement Epochs(IReadOnlyList<VaeProgress> history, bool isValidated)
    {
        string[] head = ["ELBO", .. isValidated ? new[] { "Validation ELBO" } : [], "Reconstruction", "KL", "Active", "Learning rate", "Rows per second"];
        return Html.Table("Every epoch", ["Epoch", .. head.Select(Html.NumberHead)], history.Select(epoch => Html.Row(
            Html.Head("row", Numbers.Count(epoch.Epoch)),
            Html.Number(Numbers.Nats(epoch.Elbo)),
            isValidated ? Html.Number(epoch.ValidationElbo is { } elbo ? Numbers.Nats(elbo) : "") : null,
            Html.Number(Numbers.Nats(epoch.Reconstruction)),
            Html.Number(Numbers.Nats(epoch.Kl)),
            Html.Number(Numbers.Count(epoch.ActiveUnits)),
            Html.Number(Numbers.Text(epoch.LearningRate)),
            Html.Number(Numbers.Text(epoch.RowsPerSecond)))));
    }
}
