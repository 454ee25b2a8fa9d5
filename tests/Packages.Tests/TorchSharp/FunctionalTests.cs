using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Packages.Tests.TorchSharpContract;

public sealed class FunctionalTests : TorchTest
{
    [Fact]
    public void Linear_multiplies_by_the_transposed_weights() =>
        Holds(F.linear(Vector(1, 2), Matrix(new float[,] { { 3, 4 }, { 5, 6 } }), Vector(10, 20)), 21, 37);

    [Fact]
    public void Activations_have_their_values()
    {
        var x = Vector(-2, 1);
        Holds(F.relu(x), 0, 1);
        Holds(F.relu(x.clone(), inplace: true), 0, 1);
        Holds(F.leaky_relu(x, 0.1), -0.2, 1);
        Holds(F.leaky_relu(x.clone(), 0.5, inplace: true), -1, 1);
        Holds(F.elu(x, 1), Math.Exp(-2) - 1, 1);
        Holds(F.elu(x.clone(), 1, inplace: true), Math.Exp(-2) - 1, 1);
        Holds(F.gelu(x), Values(x.gelu()));
        Holds(F.softplus(x), Math.Log(1 + Math.Exp(-2)), Math.Log(1 + Math.Exp(1)));
        Holds(F.softplus(Vector(30)), 30);
        Holds(F.softplus(Vector(1), 2), Math.Log(1 + Math.Exp(2)) / 2);
        Holds(F.celu(Vector(-2, 1), 2), 2 * (Math.Exp(-1) - 1), 1);
        Holds(F.celu(Vector(-2, 1), 2, inplace: true), 2 * (Math.Exp(-1) - 1), 1);
        // Klambauer et al. (2017): scale 1.0507, alpha 1.67326.
        Holds(1e-5, F.selu(Vector(-2, 1)), 1.0507009873554805 * 1.6732632423543772 * (Math.Exp(-2) - 1), 1.0507009873554805);
        Holds(1e-5, F.selu(Vector(1), inplace: true), 1.0507009873554805);
        Holds(F.relu6(Vector(-1, 3, 9)), 0, 3, 6);
        Holds(F.hardsigmoid(Vector(-3, 1.5f, 4)), 0, 0.75, 1);
        Holds(F.hardswish(Vector(-3, 1.5f, 4)), 0, 1.125, 4);
        Holds(F.softmax(Vector(0, MathF.Log(3)), 0), 0.25, 0.75);
        Holds(F.log_softmax(Vector(0, MathF.Log(3)), 0), Math.Log(0.25), Math.Log(0.75));
    }

    [Fact]
    public void Dropout_scales_what_it_keeps()
    {
        Assert.All(Values(F.dropout(ones(100), 0.75)), v => Assert.True(v is 0 or 4));
        Holds(F.dropout(ones(2), 0.5, training: false), 1, 1);
        Holds(F.dropout(ones(2), 1, inplace: true), 0, 0);
    }

    [Fact]
    public void Layers_are_normalised()
    {
        var x = Matrix(new float[,] { { 1, 3 }, { 10, 30 } });
        Holds(1e-4, F.layer_norm(x, [2]), -1, 1, -1, 1);
        Holds(1e-4, F.layer_norm(x, [2], Vector(2, 3), Vector(1, 1)), -1, 4, -1, 4);
        Holds(1e-4, F.layer_norm(Vector(1, 3), [2], eps: 3), -0.5, 0.5);
    }

    [Fact]
    public void Groups_of_channels_are_normalised()
    {
        var x = tensor(new float[] { 1, 3, 10, 30, 5, 7, 0, 2 }, [2, 4]);
        Holds(1e-4, F.group_norm(x, 2), -1, 1, -1, 1, -1, 1, -1, 1);
        Holds(1e-4, F.group_norm(x, 2, Vector(1, 2, 1, 2), Vector(0, 0, 5, 5)), -1, 2, 4, 7, -1, 2, 4, 7);
    }

    [Fact]
    public void Bernoulli_losses_have_their_values()
    {
        var (logits, target) = (Vector(0, 2), Vector(1, 0.25f));
        var first = Math.Log(2);
        var second = Math.Log(1 + Math.Exp(2)) - 0.25 * 2;
        Holds(F.binary_cross_entropy_with_logits(logits, target, reduction: Reduction.None), first, second);
        Holds(F.binary_cross_entropy_with_logits(logits, target, reduction: Reduction.Sum), first + second);
        Holds(F.binary_cross_entropy_with_logits(logits, target), (first + second) / 2);
        Holds(F.binary_cross_entropy_with_logits(logits, target, Vector(2, 0), Reduction.Sum), 2 * first);
        Holds(F.binary_cross_entropy(sigmoid(logits), target, reduction: Reduction.Sum), first + second);
        Holds(F.binary_cross_entropy_with_logits(Vector(1000), Vector(0)), 1000);
    }

    [Fact]
    public void Distances_have_their_values()
    {
        Holds(F.mse_loss(Vector(1, 2), Vector(3, 5), Reduction.None), 4, 9);
        Holds(F.mse_loss(Vector(1, 2), Vector(3, 5)), 6.5);
    }

    [Fact]
    public void Categorical_losses_have_their_values()
    {
        var logits = Matrix(new[,] { { 0, MathF.Log(3) }, { 1, 1 } });
        var target = tensor(new[] { 1L, 0L });
        Holds(F.cross_entropy(logits, target, reduction: Reduction.None), -Math.Log(0.75), Math.Log(2));
        Holds(F.cross_entropy(logits, target, ignore_index: 0), -Math.Log(0.75));
        Holds(F.cross_entropy(logits, target, Vector(1, 3), reduction: Reduction.Sum), Math.Log(2) - 3 * Math.Log(0.75));
        Holds(F.nll_loss(logits.log_softmax(1), target, reduction: Reduction.Sum), Math.Log(2) - Math.Log(0.75));
        Holds(F.one_hot(tensor(new[] { 2L, 0L }), 3), 0, 0, 1, 1, 0, 0);
        HasShape(F.one_hot(tensor(new[] { 2L, 0L })), 2, 3);
    }

    [Fact]
    public void Convolution_slides_its_weights()
    {
        var image = arange(9, dtype: float32).view(1, 1, 3, 3);
        var weights = Matrix(new float[,] { { 1, 0 }, { 0, 2 } }).view(1, 1, 2, 2);
        Holds(F.conv2d(image, weights), 8, 11, 17, 20);
        Holds(F.conv2d(image, weights, Vector(1)), 9, 12, 18, 21);
        Holds(F.conv2d(image, weights, strides: [2, 2], padding: [1, 1]), 0, 4, 12, 20);
        Holds(F.conv2d(image, weights, dilation: [2, 2]), 16);
        HasShape(F.conv2d(zeros(1, 4, 3, 3), zeros(2, 2, 1, 1), groups: 2), 1, 2, 3, 3);
    }

    [Fact]
    public void Unfold_and_fold_take_images_apart_and_sum_them_up()
    {
        var image = arange(4, dtype: float32).view(1, 1, 2, 2);
        Holds(F.unfold(image, (2, 1)), 0, 1, 2, 3);
        HasShape(F.unfold(zeros(1, 3, 4, 4), (3, 3), padding: (1, 1), stride: (2, 2)), 1, 27, 4);
        Holds(F.fold(ones(1, 4, 4), (3, 3), (2, 2)), 1, 2, 1, 2, 4, 2, 1, 2, 1);
        HasShape(F.fold(zeros(1, 9, 4), (4, 4), (3, 3), padding: (1, 1), stride: (2, 2)), 1, 1, 4, 4);
        HasShape(F.unfold(zeros(1, 1, 5, 5), (2, 2), dilation: (2, 2)), 1, 4, 9);
        Holds(F.unfold(image, 2), 0, 1, 2, 3);
        HasShape(F.unfold(zeros(1, 3, 4, 4), 3, padding: 1, stride: 2), 1, 27, 4);
        Holds(F.fold(ones(1, 4, 4), 3, 2), 1, 2, 1, 2, 4, 2, 1, 2, 1);
        HasShape(F.fold(zeros(1, 9, 4), 4, 3, padding: 1, stride: 2), 1, 1, 4, 4);
    }

    [Fact]
    public void A_folded_product_is_a_transposed_convolution()
    {
        // Each value of the small image lays its kernel, times itself, into the large one.
        var small = Matrix(new float[,] { { 1, 2 }, { 3, 4 } }).view(1, 1, 2, 2);
        var kernel = Matrix(new float[,] { { 1, 10 }, { 100, 1000 } }).view(1, 4);
        var columns = kernel.t().matmul(small.view(1, 1, 4));
        Holds(F.fold(columns, (4, 4), (2, 2), stride: (2, 2)), 1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000);
    }

    [Fact]
    public void Images_grow_by_their_nearest_pixels()
    {
        var image = Matrix(new float[,] { { 1, 2 } }).view(1, 1, 1, 2);
        Holds(F.upsample_nearest2d(image, [2, 4]), 1, 1, 2, 2, 1, 1, 2, 2);
        Holds(F.upsample_nearest2d(image, scaleFactors: [2, 2]), 1, 1, 2, 2, 1, 1, 2, 2);
        Holds(F.upsample_nearest2d(image, scaleFactors: [1, 1.5]), 1, 1, 2);
    }

    [Fact]
    public void Starting_values_have_their_bounds()
    {
        manual_seed(2);
        var t = empty(60, 40);
        Assert.Equal((40, 60), init.CalculateFanInAndFanOut(t));
        Assert.Equal((18, 36), init.CalculateFanInAndFanOut(empty(4, 2, 3, 3)));
        Assert.Equal(Math.Sqrt(2), init.calculate_gain(init.NonlinearityType.ReLU), 1e-9);
        Assert.Equal(5.0 / 3, init.calculate_gain(init.NonlinearityType.Tanh), 1e-9);
        Assert.Equal(1, init.calculate_gain(init.NonlinearityType.Linear), 1e-9);
        Assert.Equal(1, init.calculate_gain(init.NonlinearityType.Sigmoid), 1e-9);
        Assert.Equal(Math.Sqrt(2 / 1.25), init.calculate_gain(init.NonlinearityType.LeakyReLU, 0.5), 1e-9);
        Bound(Math.Sqrt(6.0 / 40), init.kaiming_uniform_(t));
        Bound(Math.Sqrt(1.0 / 40), init.kaiming_uniform_(t, Math.Sqrt(5)));
        Bound(Math.Sqrt(6.0 / 60), init.kaiming_uniform_(t, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU));
        Bound(Math.Sqrt(6.0 / 100), init.xavier_uniform_(t));
        Bound(2, init.uniform_(t, -2, 2));
        Assert.Equal(3, init.normal_(t, 3, 0.1).mean().ToDouble(), 0.02);
        Bound(Math.Sqrt(6.0 / 100), init.glorot_uniform_(t));
        Assert.Equal(Math.Sqrt(1.0 / 40), init.kaiming_normal_(t, Math.Sqrt(3), nonlinearity: init.NonlinearityType.LeakyReLU).std().ToDouble() * Math.Sqrt(2), 0.006);
        Assert.Equal(Math.Sqrt(1.0 / 60), init.kaiming_normal_(t, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.Linear).std().ToDouble(), 0.006);
        Holds(init.eye_(empty(2, 3)), 1, 0, 0, 0, 1, 0);
        var orthogonal = init.orthogonal_(t, 2);
        Assert.True(orthogonal.t().mm(orthogonal).allclose(4 * eye(40), atol: 1e-5));
        Holds(init.zeros_(empty(1)), 0);
        Holds(init.ones_(empty(1)), 1);
        Holds(init.constant_(empty(1).requires_grad_(), 5), 5);

        static void Bound(double bound, Tensor t) => Assert.InRange(t.abs().max().ToDouble(), 0.98 * bound, bound);
    }
}
