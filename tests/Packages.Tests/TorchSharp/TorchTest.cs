using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

/// <summary>A test whose tensors are disposed with it. All are in one collection: the default generator is the process's.</summary>
[Collection("TorchSharp")]
public abstract class TorchTest : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A tensor of float32 values in one dimension.</summary>
    protected static Tensor Vector(params float[] values) => tensor(values);

    protected static Tensor Matrix(float[,] values) => tensor(values);

    /// <summary>Compares a tensor of any type and shape with values row by row.</summary>
    protected static void Holds(Tensor actual, params double[] expected) => Holds(1e-6, actual, expected);

    protected static void Holds(double tolerance, Tensor actual, params double[] expected)
    {
        var values = Values(actual);
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var close = Math.Abs(values[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])) || values[i].Equals(expected[i]);
            Assert.True(close, $"Expected [{string.Join(", ", expected)}], found [{string.Join(", ", values)}].");
        }
    }

    protected static void HasShape(Tensor actual, params long[] expected) => Assert.Equal(expected, actual.shape);

    protected static double[] Values(Tensor t) => t.detach().type(ScalarType.Float64).data<double>().ToArray();
}
