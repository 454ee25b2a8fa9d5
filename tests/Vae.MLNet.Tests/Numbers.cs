using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Numbers into tensors and back, and formulas in double precision, for tests that recompute what the model says.</summary>
internal static class Numbers
{
    public static Tensor Single(double[][] rows) => Double(rows).@float();

    public static Tensor Double(double[][] rows) => tensor((double[])[.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length]);

    public static double[] Values(this Tensor tensor) => tensor.detach().@double().contiguous().data<double>().ToArray();

    public static double[][] Rows(this Tensor tensor) => [.. tensor.Values().Chunk((int)tensor.shape[1])];

    /// <summary>As single precision keeps it.</summary>
    public static double Rounded(double value) => (float)value;

    public static double LogSumExp(params double[] values)
    {
        double largest = values.Max();
        return largest + Math.Log(values.Sum(value => Math.Exp(value - largest)));
    }

    public static double[] LogSoftmax(double[] values)
    {
        double total = LogSumExp(values);
        return [.. values.Select(value => value - total)];
    }

    public static double LogFactorial(double n)
    {
        double sum = 0;
        for (int i = 2; i <= n; i++)
        {
            sum += Math.Log(i);
        }
        return sum;
    }

    /// <summary>log N(x; mean, exp(logVariance)).</summary>
    public static double LogNormal(double x, double mean = 0, double logVariance = 0) =>
        -0.5 * Math.Log(2 * Math.PI) - 0.5 * logVariance - (x - mean) * (x - mean) / (2 * Math.Exp(logVariance));

    /// <summary>The weights of Simpson's rule on an even number of intervals.</summary>
    public static double[] Simpson(int intervals, double width) =>
        [.. Enumerable.Range(0, intervals + 1).Select(i => width / intervals / 3 * (i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2))];

    public static void AssertClose(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)), $"{what}: {expected} wanted, {actual} found");
}
