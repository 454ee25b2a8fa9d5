using System.Globalization;

namespace Vae.MLNet.Samples.TabularSynthesis;

/// <summary>
/// Makes up the customers of a shop: numbers with long tails, categories, what depends on what, and refunds that most never had (a spike at 0).
/// </summary>
internal static class Customers
{
    /// <summary>Whether they left: what one would like to tell from the rest.</summary>
    public const string Label = "Churned";

    private static readonly string[] s_header = ["Age", "Region", "Education", "Income", "Plan", "MonthsAsCustomer", "OrdersPerYear", "AverageOrder", "Refunds", Label];
    private static readonly string[] s_regions = ["North", "East", "South", "West"];
    private static readonly string[] s_educations = ["School", "Apprenticeship", "University"];
    private static readonly string[] s_plans = ["Free", "Plus", "Family", "Premium"];

    /// <summary>Makes customers; the same count and seed give the same ones.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="label">The column that a classifier is to tell from the others.</param>
    /// <exception cref="InvalidDataException">There is no such column, or it has too many values.</exception>
    public static CsvTable Make(int count, int seed, string label)
    {
        var random = new Random(seed);
        return CsvTable.Of(s_header, [.. Enumerable.Range(0, count).Select(_ => One(random))], label);
    }

    private static string[] One(Random random)
    {
        double Normal() => StandardNormal.Draw(1, random.Next())[0];
        bool Happens(double logit) => random.NextDouble() < 1 / (1 + Math.Exp(-logit));
        int Chosen(params double[] weights)
        {
            double left = random.NextDouble() * weights.Sum();
            return Math.Min(Array.FindIndex(weights, weight => (left -= weight) < 0), weights.Length - 1);
        }

        // Two generations.
        int age = (int)Math.Clamp(random.NextDouble() < 0.6 ? 32 + 7 * Normal() : 55 + 10 * Normal(), 18, 90);
        int region = Chosen(0.4, 0.15, 0.25, 0.2);
        int education = Chosen(0.25, 0.45, age < 25 ? 0.1 : 0.35);
        double years = Math.Min(age - 18, 35);
        double income = 21_000 * Math.Exp(0.025 * years + 0.3 * education - 0.15 * (region == 1 ? 1 : 0) + 0.3 * Normal());
        double wealth = Math.Log(income / 40_000);
        int plan = Chosen(1, Math.Exp(0.3 + wealth), age is > 28 and < 50 ? 1.2 : 0.2, 0.5 * Math.Exp(2 * wealth));
        int months = (int)Math.Min(12 * (age - 17), 1 - 26 * Math.Log(1 - random.NextDouble()));
        int orders = (int)Math.Round(Math.Exp(1.3 + 0.35 * plan + 0.5 * Normal()));
        double order = Math.Exp(3.3 + 0.5 * wealth + (plan == 2 ? 0.4 : 0) + 0.35 * Normal());
        double refunds = Happens(-2 + 0.08 * orders) ? Math.Max(5, order * orders * 0.3 * random.NextDouble()) : 0;
        bool isGone = Happens(1.5 - months / 8.0 + (refunds > 0 ? 3 : 0) - 0.15 * orders + (plan == 0 ? 1.5 : 0));
        return
        [
            Text(age), s_regions[region], s_educations[education], Text(Math.Round(income / 100) * 100), s_plans[plan], Text(months), Text(orders), Text(Math.Round(order)),
            Text(Math.Round(refunds)), isGone ? "yes" : "no",
        ];
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
