namespace Vae.MLNet.Reliability.Properties;

/// <summary>Which values a column of a case may have where a model made them up.</summary>
internal static class LegalValues
{
    /// <param name="trained">The case.</param>
    /// <param name="column">Which of its columns.</param>
    /// <param name="value">What the model says.</param>
    /// <param name="isDraw">Whether it is a draw, not a mean: a count is whole then, a flag 0 or 1.</param>
    /// <exception cref="BrokenException">It may not.</exception>
    public static void Require(TrainedCase trained, int column, object value, bool isDraw)
    {
        ColumnSpec spec = trained.Case.Columns[column];
        double[] numbers = Cells.Numbers(value);
        IReadOnlyList<int> keys = trained.Rows.TrainedKeys(column);
        bool isLegal = spec.IsKey
            // Of a column that was missing in all training rows nothing else is known.
            ? keys.Count == 0 ? numbers[0] == 0 : keys.Contains((int)numbers[0])
            : numbers.Length == (spec.IsVector ? spec.Size : 1) && Array.TrueForAll(numbers, number => IsLegal(spec, number, isDraw));
        if (!isLegal)
        {
            throw new BrokenException($"{Cells.Text(value)} in column {column}, {spec}, which had {(spec.IsKey ? $"the keys {string.Join(' ', keys)}" : "other values")}");
        }
    }

    private static bool IsLegal(ColumnSpec spec, double number, bool isDraw) => double.IsFinite(number) && spec.Likelihood switch
    {
        VaeLikelihood.Bernoulli => number is >= 0 and <= 1 && (!isDraw || number is 0 or 1),
        VaeLikelihood.ContinuousBernoulli => number is >= 0 and <= 1,
        VaeLikelihood.Poisson or VaeLikelihood.Multinomial => number >= 0 && (!isDraw || number == Math.Floor(number)),
        // What is constant tells nothing: it is what it was. Of a sparse vector what is not there is 0, and so no constant.
        _ => spec.Spread != Spread.Constant || spec.Kind == ColumnKind.SparseVector || spec.Scaling == VaeScaling.None || number == spec.ConstantOf(number),
    };
}
