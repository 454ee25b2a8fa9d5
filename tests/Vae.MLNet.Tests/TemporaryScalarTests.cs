using System.Reflection;
using TorchSharp;
using Vae.MLNet.Networks;
using Vae.MLNet.Sampling;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>
/// TorchSharp makes a temporary <see cref="Scalar"/> of every number that is given to an operation of tensors, and the garbage collector may
/// free it while libtorch reads it (TorchSharp 0.107.0): once in some thousand calls when much is collected, an error or a wrong number. The
/// compiled code shows which of its methods do so, also deep inside; the libraries compute by <see cref="TensorArithmetic"/> instead.
/// </summary>
public sealed class TemporaryScalarTests
{
    private static readonly Lazy<HashSet<MethodBase>> s_makers = new(Makers);

    public static TheoryData<string> Examples =>
        [.. typeof(Example).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.Name)];

    [Fact]
    public void The_libraries_call_nothing_that_makes_one()
    {
        Assembly[] libraries = [typeof(VaeTransformer).Assembly, typeof(VaeSampler).Assembly];
        // A static constructor may make one that a static field keeps.
        IEnumerable<MethodBase> methods = libraries.SelectMany(CalledMethods.In)
            .Where(method => method.DeclaringType != typeof(TensorArithmetic) && method is not ConstructorInfo { IsStatic: true });
        Assert.Empty(methods.SelectMany(Found));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void It_is_found(string example) => Assert.NotEmpty(Found(typeof(Example).GetMethod(example)!));

    private static IEnumerable<string> Found(MethodBase method) => CalledMethods.Of(method).Where(s_makers.Value.Contains)
        .Select(called => $"{called.DeclaringType}.{called} in {method.DeclaringType}.{method.Name}");

    // The conversions of numbers, all that calls them, and whoever makes an object of which a virtual method does.
    private static HashSet<MethodBase> Makers()
    {
        MethodBase[] methods = [.. CalledMethods.In(typeof(torch).Assembly)];
        ILookup<MethodBase, MethodBase> callers = methods
            .SelectMany(method => CalledMethods.Of(method).Distinct().Select(called => (called, method)))
            .ToLookup(each => each.called, each => each.method);
        var makers = new HashSet<MethodBase>();
        var open = new Queue<MethodBase>(methods.OfType<MethodInfo>().Where(method => method.IsPublic && method.ReturnType == typeof(Scalar)
            && (method.DeclaringType == typeof(Scalar) || method.DeclaringType == typeof(ScalarExtensionMethods))));
        while (open.TryDequeue(out MethodBase? maker))
        {
            if (makers.Add(maker))
            {
                IEnumerable<MethodBase> constructors = maker is { IsVirtual: true, DeclaringType: { } type }
                    ? type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                    : [];
                foreach (MethodBase caller in callers[maker].Concat(constructors))
                {
                    open.Enqueue(caller);
                }
            }
        }
        return makers;
    }

    private static class Example
    {
        public static Tensor Conversion(Tensor a) => a.clamp(0, 1);

        public static Tensor Operator(Tensor a) => 1 - a;

        public static Tensor Comparison(Tensor a) => a > 0;

        public static Tensor Sum(Tensor a, Tensor b) => a + b;

        public static Tensor CompoundAssignment(Tensor a, Tensor b)
        {
            a += b;
            return a;
        }

        public static Tensor SumInPlace(Tensor a, Tensor b) => a.add_(b);

        public static Tensor Square(Tensor a) => a.square();

        public static Tensor Function(Tensor a) => nn.functional.softplus(a);

        public static nn.Module<Tensor, Tensor> Module() => nn.ELU();

        public static optim.Optimizer Optimizer() => optim.Adam(Array.Empty<TorchSharp.Modules.Parameter>());

        public static Func<Tensor, Tensor> Delegate(Tensor a) => a.add_;
    }
}
