using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>What the library relies on in Microsoft.ML and TorchSharp and their documentation does not promise: the first to look at when their versions change.</summary>
[Collection(nameof(MemoryTests))]
public sealed class PackageAssumptionTests
{
    private static readonly Device s_cpu = new(DeviceType.CPU);

    [Fact]
    public void The_versions_are_those_compiled_against()
    {
        Assert.Equal("0.107.0.0", typeof(torch).Assembly.GetName().Version!.ToString());
        Assert.StartsWith("5.0.1", typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_give_the_same_parameters_each_time()
    {
        using Linear linear = nn.Linear(3, 2, device: s_cpu, dtype: ScalarType.Float32);
        Assert.Same(linear.weight, linear.weight);
        Assert.Same(linear.weight, linear.named_parameters().Single(each => each.name == "weight").parameter);
        Assert.Same(linear.bias, linear.named_parameters().Single(each => each.name == "bias").parameter);
    }

    [Fact]
    public void A_dispose_scope_owns_what_is_made_in_it_and_nothing_else()
    {
        Tensor kept;
        Tensor detached;
        Tensor inner;
        using (DisposeScope outer = NewDisposeScope())
        {
            using (DisposeScope scope = NewDisposeScope())
            {
                inner = zeros(2, dtype: ScalarType.Float32, device: s_cpu);
                kept = zeros(2, dtype: ScalarType.Float32, device: s_cpu).MoveToOuterDisposeScope();
                detached = zeros(2, dtype: ScalarType.Float32, device: s_cpu).DetachFromDisposeScope();
            }
            Assert.True(inner.IsInvalid);
            Assert.False(kept.IsInvalid);
        }
        Assert.True(kept.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void A_parameter_is_counted_twice_and_freed_once()
    {
        long before = Tensor.TotalCount;
        new Parameter(zeros(1, dtype: ScalarType.Float32, device: s_cpu)).Dispose();
        Assert.Equal(before + 1, Tensor.TotalCount);
    }

    [Fact]
    public void Gradients_by_autograd_grad_leave_an_empty_tensor_for_each_unused_input()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor used = zeros(1, dtype: ScalarType.Float32, device: s_cpu).requires_grad_();
        Tensor unused = zeros(1, dtype: ScalarType.Float32, device: s_cpu).requires_grad_();
        Tensor loss = used.square().sum();
        Assert.True(autograd.grad([loss], [used, unused], allow_unused: true)[1].IsInvalid);
        autograd.backward([used.square().sum()], inputs: [used, unused]);
        Assert.NotNull(used.grad);
        Assert.Null(unused.grad);
    }

    [Fact]
    public void A_generator_seeded_again_repeats_its_numbers()
    {
        using var generator = new Generator(7, s_cpu);
        float[] Numbers()
        {
            using DisposeScope scope = NewDisposeScope();
            return randn(100, 3, dtype: ScalarType.Float32, device: s_cpu, generator: generator).data<float>().ToArray();
        }

        float[] first = Numbers();
        Assert.NotEqual(first, Numbers());
        generator.manual_seed(7);
        Assert.Equal(first, Numbers());
    }

    [Fact]
    public void Bytes_are_the_memory_of_the_tensor()
    {
        using Tensor values = zeros(2, dtype: ScalarType.Float32, device: s_cpu);
        values.bytes[3] = 0x40;
        Assert.Equal([2f, 0f], values.data<float>().ToArray());
    }

    [Fact]
    public void The_inverse_error_function_is_computed_in_double_precision()
    {
        using Tensor half = tensor([0.5], dtype: ScalarType.Float64, device: s_cpu);
        using Tensor inverse = half.erfinv();
        Assert.Equal(0.47693627620446987, inverse.item<double>(), 1e-15);
    }

    [Fact]
    public void A_value_buffer_read_from_a_shorter_array_has_the_length_of_the_array()
    {
        var ml = new MLContext();
        IDataView view = ml.Data.LoadFromEnumerable([new TestRow { Features = [1, 2] }]);
        Assert.Equal(2, view.GetColumn<VBuffer<float>>("Features").Single().Length);
    }

    [Theory]
    [InlineData("Microsoft.ML.LoadableClassAttribute")]
    [InlineData("Microsoft.ML.ModelLoadContext")]
    [InlineData("Microsoft.ML.VersionInfo")]
    public void Types_that_loading_models_needs_are_in_the_core_assembly(string name) =>
        Assert.NotNull(Assembly.Load("Microsoft.ML.Core").GetType(name) ?? Assembly.Load("Microsoft.ML.Data").GetType(name));
}
