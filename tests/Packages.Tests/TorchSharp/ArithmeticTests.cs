using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class ArithmeticTests : TorchTest
{
    private static Tensor A => Vector(1, -2, 6);
    private static Tensor B => Vector(2, 4, 3);

    [Fact]
    public void Operators_work_by_element()
    {
        Holds(A + B, 3, 2, 9);
        Holds(A - B, -1, -6, 3);
        Holds(A * B, 2, -8, 18);
        Holds(A / B, 0.5, -0.5, 2);
        Holds(-A, -1, 2, -6);
        Holds(A + 1, 2, -1, 7);
        Holds(1.5f + A, 2.5, -0.5, 7.5);
        Holds(A - 1, 0, -3, 5);
        Holds(1 - A, 0, 3, -5);
        Holds(A * 2.0, 2, -4, 12);
        Holds(0.5f * A, 0.5, -1, 3);
        Holds(A / 2, 0.5, -1, 3);
        Holds(12 / B, 6, 3, 4);
    }

    [Fact]
    public void Members_do_what_operators_do()
    {
        Holds(A.add(B), 3, 2, 9);
        Holds(A.add(B, 2), 5, 6, 12);
        Holds(A.add(1), 2, -1, 7);
        Holds(A.sub(B), -1, -6, 3);
        Holds(A.sub(1), 0, -3, 5);
        Holds(A.mul(B), 2, -8, 18);
        Holds(A.mul(2), 2, -4, 12);
        Holds(A.div(B), 0.5, -0.5, 2);
        Holds(A.div(4), 0.25, -0.5, 1.5);
        Holds(A.pow(2), 1, 4, 36);
        Holds(B.pow(A), 2, 1.0 / 16, 729);
        Holds(pow(A, 2), 1, 4, 36);
        Holds(pow(B, A), 2, 1.0 / 16, 729);
    }

    [Fact]
    public void Division_can_round()
    {
        Holds(Vector(7, -7).div(Vector(2, 2), RoundingMode.floor), 3, -4);
        Holds(Vector(7, -7).div(2, RoundingMode.trunc), 3, -3);
        Holds(tensor(new[] { 7L }) / tensor(new[] { 2L }), 3.5);
    }

    [Fact]
    public void In_place_members_change_the_tensor_itself()
    {
        static Tensor After(Action<Tensor> change)
        {
            var t = Vector(4, 9);
            change(t);
            return t;
        }
        Holds(After(t => t.add_(Vector(1, 1))), 5, 10);
        Holds(After(t => t.add_(Vector(1, 1), 0.5)), 4.5, 9.5);
        Holds(After(t => t.add_(1)), 5, 10);
        Holds(After(t => t.sub_(Vector(1, 2))), 3, 7);
        Holds(After(t => t.sub_(1)), 3, 8);
        Holds(After(t => t.mul_(Vector(2, 3))), 8, 27);
        Holds(After(t => t.mul_(2)), 8, 18);
        // In place the truth is a number of the same type.
        Holds(After(t => t.gt_(Vector(4, 8))), 0, 1);
        Holds(After(t => t.div_(Vector(2, 3))), 2, 3);
        Holds(After(t => t.div_(2)), 2, 4.5);
        Holds(After(t => t.pow_(2)), 16, 81);
        Holds(After(t => t.pow_(Vector(1, 0.5f))), 4, 3);
        Holds(After(t => t.sqrt_()), 2, 3);
        Holds(After(t => t.exp_()), Math.Exp(4), Math.Exp(9));
        Holds(After(t => t.log_()), Math.Log(4), Math.Log(9));
        Holds(After(t => t.sigmoid_()), 1 / (1 + Math.Exp(-4)), 1 / (1 + Math.Exp(-9)));
        Holds(After(t => t.sub_(5).relu_()), 0, 4);
        Holds(After(t => t.clamp_(5, 8)), 5, 8);
        Holds(After(t => t.fill_(3)), 3, 3);
        Holds(After(t => t.zero_()), 0, 0);
        Holds(After(t => t.copy_(Vector(7, 8))), 7, 8);
        Holds(After(t => t.copy_(tensor(new[] { 1L, 2L }))), 1, 2);
        Holds(After(t => t.addcmul_(Vector(1, 2), Vector(3, 4), 0.5)), 5.5, 13);
        Holds(After(t => t.addcdiv_(Vector(1, 2), Vector(2, 4), 2)), 5, 10);
        Holds(After(t => t.lerp_(Vector(8, 19), Vector(0.5f, 0.1f))), 6, 10);
        Holds(After(t => t.masked_fill_(tensor(new[] { true, false }), -1)), -1, 9);
    }

    [Fact]
    public void A_tensor_that_is_set_shares_the_memory_of_the_other()
    {
        Tensor source = Vector(1, 2);
        var parameter = new TorchSharp.Modules.Parameter(zeros(2));
        using (no_grad())
        {
            parameter.set_(source);
            source.add_(10);
        }
        Holds(parameter, 11, 12);
        Assert.True(parameter.requires_grad);
        Holds(autograd.grad([(parameter * 3).sum()], [parameter])[0], 3, 3);
    }

    [Fact]
    public void Shapes_broadcast()
    {
        var sum = Matrix(new float[,] { { 1 }, { 2 } }) + Vector(10, 20);
        HasShape(sum, 2, 2);
        Holds(sum, 11, 21, 12, 22);
    }

    [Fact]
    public void Types_promote()
    {
        Assert.Equal(float32, (tensor(new[] { 1L }) + Vector(1)).dtype);
        Assert.Equal(float64, (tensor(new[] { 1.0 }) + Vector(1)).dtype);
        Assert.Equal(float32, (Vector(1) * 2.0).dtype);
        Assert.Equal(float32, (tensor(new[] { 1L }) * 0.5).dtype);
    }

    [Fact]
    public void Comparisons_give_truth_values()
    {
        var other = Vector(1, 4, 3);
        Holds(A.eq(other), 1, 0, 0);
        Holds(A.ne(other), 0, 1, 1);
        Holds(A.lt(other), 0, 1, 0);
        Holds(A.le(other), 1, 1, 0);
        Holds(A.gt(other), 0, 0, 1);
        Holds(A.ge(other), 1, 0, 1);
        Holds(A.eq(6), 0, 0, 1);
        Holds(A.ne(6), 1, 1, 0);
        Holds(A.lt(1), 0, 1, 0);
        Holds(A.le(1), 1, 1, 0);
        Holds(A.gt(1), 0, 0, 1);
        Holds(A.ge(1), 1, 0, 1);
        Assert.Equal(@bool, A.eq(other).dtype);
        Holds(A == other, 1, 0, 0);
        Holds(A != other, 0, 1, 1);
        Holds(A < other, 0, 1, 0);
        Holds(A <= other, 1, 1, 0);
        Holds(A > other, 0, 0, 1);
        Holds(A >= other, 1, 0, 1);
        Holds(A == 6, 0, 0, 1);
        Holds(A != 6, 1, 1, 0);
        Holds(A < 1, 0, 1, 0);
        Holds(A <= 1, 1, 1, 0);
        Holds(A > 1, 0, 0, 1);
        Holds(A >= 1, 1, 0, 1);
    }

    [Fact]
    public void Truth_values_combine()
    {
        var p = tensor(new[] { true, true, false });
        var q = tensor(new[] { true, false, false });
        Holds(p & q, 1, 0, 0);
        Holds(p | q, 1, 1, 0);
        Holds(~p, 0, 0, 1);
        Holds(p.logical_and(q), 1, 0, 0);
        Holds(p.logical_or(q), 1, 1, 0);
        Holds(p.logical_not(), 0, 0, 1);
    }

    [Fact]
    public void Numbers_become_scalars()
    {
        Scalar[] all = [(byte)1, 1, 1L, 1f, 1.0, true];
        Assert.Equal([ScalarType.Int64, ScalarType.Int64, ScalarType.Int64, ScalarType.Float64, ScalarType.Float64, ScalarType.Bool], all.Select(s => s.Type));
        Holds(Vector(1, 2) * 3.ToScalar(), 3, 6);
        Holds(Vector(1, 2) * 3L.ToScalar(), 3, 6);
        Holds(Vector(1, 2) * 1.5f.ToScalar(), 1.5, 3);
        using var half = 0.5.ToScalar();
        Holds(Vector(1, 2) * half, 0.5, 1);
    }

    [Fact]
    public void Equal_tensors_have_the_same_values_and_shape()
    {
        Assert.True(A.Equals(A.clone()));
        Assert.False(A.Equals(B));
    }
}
