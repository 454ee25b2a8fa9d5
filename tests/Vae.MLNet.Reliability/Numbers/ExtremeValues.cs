using Vae.MLNet.Reliability.Properties;
using static Vae.MLNet.Reliability.Numbers.SmallTables;

namespace Vae.MLNet.Reliability.Numbers;

/// <summary>Extreme numbers: each in a column of its own, as a scalar in single and double precision and in a vector, with each likelihood and scaling.</summary>
internal static class ExtremeValues
{
    private const int Rows = 20;

    public static IEnumerable<NumberCase> All => Real().Concat(Bounded()).Concat(AskedOnly());

    private static IEnumerable<(string Name, double[] Values)> Numbers()
    {
        double[] normal = Normal(Rows);
        double Missing(int row) => row == 7 ? 3 : double.NaN;
        yield return ("1e30 and -1e30", [.. normal.Select((_, row) => row % 2 == 0 ? 1e30 : -1e30)]);
        yield return ("1e30 once among small ones", [.. normal.Select((value, row) => row == 3 ? 1e30 : value)]);
        yield return ("normal times 1e30", [.. normal.Select(value => value * 1e30)]);
        yield return ("the largest of single precision, both signs", [.. normal.Select((_, row) => row % 2 == 0 ? float.MaxValue : -float.MaxValue)]);
        yield return ("the largest of single precision once", [.. normal.Select((value, row) => row == 3 ? float.MaxValue : value)]);
        yield return ("the largest of single precision always", [.. normal.Select(_ => (double)float.MaxValue)]);
        yield return ("denormal numbers", [.. normal.Select(value => (double)(float)(value * 1e-40))]);
        yield return ("denormal numbers and 1e30", [.. normal.Select((value, row) => row % 2 == 0 ? (float)(value * 1e-40) : 1e30)]);
        yield return ("one denormal among 0", [.. normal.Select((_, row) => row == 3 ? float.Epsilon : 0.0)]);
        yield return ("neighbours in single precision", [.. normal.Select((_, row) => (double)MathF.BitIncrement(1e6f * (row % 2 == 0 ? 1 : MathF.BitIncrement(1))))]);
        yield return ("0 and -0", [.. normal.Select((_, row) => row % 2 == 0 ? 0.0 : -0.0)]);
        yield return ("constant 1e30", [.. normal.Select(_ => 1e30)]);
        yield return ("constant", [.. normal.Select(_ => 5.0)]);
        yield return ("all missing but one", [.. normal.Select((_, row) => Missing(row))]);
        yield return ("all missing", [.. normal.Select(_ => double.NaN)]);
        yield return ("one row", [2]);
        yield return ("one row of 1e30", [1e30]);
        yield return ("one row that is missing", [double.NaN]);
        yield return ("two equal rows", [2, 2]);
    }

    private static IEnumerable<NumberCase> Real()
    {
        foreach ((string name, double[] values) in Numbers())
        {
            foreach (VaeLikelihood likelihood in new[] { VaeLikelihood.Gaussian, VaeLikelihood.StudentT, VaeLikelihood.Laplace })
            {
                foreach (VaeScaling scaling in Enum.GetValues<VaeScaling>())
                {
                    foreach (TableColumn column in new[] { Singles("Number", values), Doubles("Number", values), Vectors("Number", values) })
                    {
                        // Unscaled, such numbers are beyond any learning rate: there advice is all that is wanted.
                        bool mustTrain = scaling != VaeScaling.None;
                        yield return new NumberCase("numbers at the ends of single precision", $"{name}, {column.Type}, {likelihood}, {scaling}", () => Of(values.Length, column, Singles("Other", Normal(values.Length, seed: 2))), options =>
                            options.InputColumns = [new("Number") { Likelihood = likelihood, Scaling = scaling }, "Other"])
                        { MustTrain = mustTrain };
                    }
                }
            }
        }
        foreach (double value in new[] { 1e39, -1e300, double.MaxValue, 1e-300, double.Epsilon })
        {
            yield return new NumberCase("numbers outside of single precision", $"{value} among small ones", () => Of(Rows, Doubles("Number", Normal(Rows).Select((each, row) => row == 3 ? value : each)))) { MustTrain = Math.Abs(value) < 1 };
            yield return new NumberCase("numbers outside of single precision", $"normal times {value}", () => Of(Rows, Doubles("Number", Normal(Rows).Select(each => each * value)))) { MustTrain = Math.Abs(value) < 1 };
        }
        yield return new NumberCase("numbers outside of single precision", "the ends of Int64", () => Of(Rows, Longs("Number", Enumerable.Range(0, Rows).Select(row => row % 2 == 0 ? long.MinValue : long.MaxValue)))) { MustTrain = true };
    }

    private static IEnumerable<NumberCase> Bounded()
    {
        (string Name, VaeLikelihood[] Likelihoods, double[] Values)[] tables =
        [
            ("0, 1 and what lies next to them", [VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli], [0, 1, float.Epsilon, MathF.BitDecrement(1), 0.5]),
            ("only 0", [VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli, VaeLikelihood.Poisson, VaeLikelihood.Multinomial], [0, 0, 0, 0]),
            ("only 1", [VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli, VaeLikelihood.Poisson, VaeLikelihood.Multinomial], [1, 1, 1, 1]),
            ("0 and the largest count", [VaeLikelihood.Poisson, VaeLikelihood.Multinomial], [0, 1 << 24, 0, 1, 0, 0]),
            ("only the largest count", [VaeLikelihood.Poisson, VaeLikelihood.Multinomial], [1 << 24, 1 << 24]),
            ("one row", [VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli, VaeLikelihood.Poisson, VaeLikelihood.Multinomial], [1]),
            ("all missing but one", [VaeLikelihood.Bernoulli, VaeLikelihood.ContinuousBernoulli, VaeLikelihood.Poisson], [double.NaN, 1, double.NaN, double.NaN]),
        ];
        foreach ((string name, VaeLikelihood[] likelihoods, double[] values) in tables)
        {
            foreach (VaeLikelihood likelihood in likelihoods)
            {
                TableColumn[] columns = likelihood == VaeLikelihood.Multinomial ? [Vectors("Number", values)] : [Singles("Number", values), Vectors("Number", values)];
                foreach (TableColumn column in columns)
                {
                    yield return new NumberCase(
                        "ends of a likelihood's range", $"{name}, {column.Type}, {likelihood}", () => Of(values.Length, column), options => options.InputColumns = [new("Number") { Likelihood = likelihood }])
                    { MustTrain = true };
                }
            }
        }
    }

    // The model knows ordinary rows only.
    private static IEnumerable<NumberCase> AskedOnly()
    {
        foreach ((string name, double[] values) in Numbers())
        {
            foreach (VaeLikelihood likelihood in new[] { VaeLikelihood.Gaussian, VaeLikelihood.StudentT, VaeLikelihood.Laplace })
            {
                foreach (VaeScaling scaling in Enum.GetValues<VaeScaling>())
                {
                    yield return new NumberCase("extreme rows asked of a model of ordinary ones", $"{name}, {likelihood}, {scaling}", () => Of(Rows, Singles("Number", Normal(Rows)), Vectors("Parts", Normal(Rows, seed: 3))), options =>
                        options.InputColumns = [new("Number") { Likelihood = likelihood, Scaling = scaling }, new("Parts") { Likelihood = likelihood, Scaling = scaling }])
                    {
                        Asked = () => Of(values.Length, Singles("Number", values), Vectors("Parts", values)),
                        MustTrain = true,
                    };
                }
            }
        }
        foreach (VaeLikelihood likelihood in new[] { VaeLikelihood.Poisson, VaeLikelihood.Multinomial })
        {
            yield return new NumberCase("extreme rows asked of a model of ordinary ones", $"the largest counts, {likelihood}", () => Of(4, Vectors("Parts", [0, 1, 2, 3])), options => options.InputColumns = [new("Parts") { Likelihood = likelihood }])
            {
                Asked = () => Of(4, Vectors("Parts", [1 << 24, 0, 1 << 24, 1 << 24])),
                MustTrain = true,
            };
        }
    }
}
