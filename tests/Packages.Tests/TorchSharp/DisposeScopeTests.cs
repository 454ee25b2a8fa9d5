using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

[Collection("TorchSharp")]
public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor a, b;
        using (var scope = NewDisposeScope())
        {
            a = ones(1);
            b = a + 1;
            Assert.Equal(2, scope.DisposablesCount);
            Assert.True(scope.Contains(a));
            Assert.Contains(b, scope.DisposablesView);
        }
        Assert.True(a.IsInvalid);
        Assert.True(b.IsInvalid);
    }

    [Fact]
    public void Without_a_scope_a_tensor_stays()
    {
        var t = ones(1);
        using (NewDisposeScope())
        {
            _ = t + 1;
        }

        Assert.False(t.IsInvalid);
        t.Dispose();
        Assert.True(t.IsInvalid);
    }

    [Fact]
    public void A_disposed_tensor_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        var t = ones(1);
        t.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Results_move_to_the_outer_scope()
    {
        var outer = NewDisposeScope();
        Tensor[] kept;
        using (var inner = NewDisposeScope())
        {
            kept = [.. Enumerable.Range(0, 9).Select(i => ones(1))];
            Assert.Same(kept[0], kept[0].MoveToOuterDisposeScope());
            Assert.Same(kept[1], inner.MoveToOuter(kept[1]));
            Assert.Equal((kept[2], kept[3]), inner.MoveToOuter(kept[2], kept[3]));
            Assert.Equal((kept[4], kept[5], kept[6]), inner.MoveToOuter(kept[4], kept[5], kept[6]));
            inner.MoveToOuter(new IDisposable[] { kept[7] });
            inner.MoveToOuter(new List<IDisposable> { kept[8] });
            Assert.Equal(0, inner.DisposablesCount);
            _ = ones(1);
        }
        Assert.Equal(9, outer.DisposablesCount);
        outer.Dispose();
        Assert.All(kept, t => Assert.True(t.IsInvalid));
    }

    [Fact]
    public void Detached_tensors_outlive_every_scope()
    {
        Tensor[] kept;
        using (NewDisposeScope())
        using (var inner = NewDisposeScope())
        {
            kept = [.. Enumerable.Range(0, 4).Select(i => ones(1))];
            Assert.Same(kept[0], kept[0].DetachFromDisposeScope());
            Assert.Same(kept[1], inner.Detach(kept[1]));
            inner.Detach(new IDisposable[] { kept[2] });
            inner.Detach(new List<IDisposable> { kept[3] });
        }
        Assert.All(kept, t => Assert.False(t.IsInvalid));
        foreach (var t in kept)
        {
            t.Dispose();
        }
    }

    [Fact]
    public void The_outermost_scope_moves_tensors_out_of_all_scopes()
    {
        Tensor t;
        using (NewDisposeScope())
        {
            t = ones(1).MoveToOuterDisposeScope();
        }

        Assert.False(t.IsInvalid);
        t.Dispose();
    }

    [Fact]
    public void A_scope_can_be_emptied_but_for_some()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(1), ones(1));
        Assert.Same(a, scope.DisposeEverythingBut(a));
        Assert.True(b.IsInvalid);
        var c = ones(1);
        scope.DisposeEverythingBut(new IDisposable[] { a });
        Assert.True(c.IsInvalid);
        c = ones(1);
        scope.DisposeEverythingBut(new List<IDisposable> { a });
        Assert.True(c.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
        scope.DisposeEverything();
        Assert.True(a.IsInvalid);
    }

    [Fact]
    public void Each_thread_has_its_own_scopes()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;
        var thread = new Thread(() => other = ones(1));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        other!.Dispose();
    }

    [Fact]
    public void Tensors_are_counted()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var (a, b) = (ones(1), ones(1));
            Assert.Equal(before + 2, Tensor.TotalCount);
            a.Dispose();
            Assert.Equal(before + 1, Tensor.TotalCount);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_parameter_takes_over_its_tensor()
    {
        var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.False(nn.Parameter(ones(1), requires_grad: false).requires_grad);
        Assert.True(ones(1).AsParameter().requires_grad);
        scope.Dispose();
        Assert.True(parameter.IsInvalid);
    }

    [Fact]
    public void The_finalizer_frees_what_nobody_disposed()
    {
        var before = Tensor.TotalCount;
        Leak();
        for (var i = 0; i < 20 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(Tensor.TotalCount <= before);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Leak() => _ = ones(1000);
    }
}
