using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static class autograd
    {
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null!, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var (of, at, given) = (Handles(outputs), Handles(inputs), Handles(grad_outputs));
            var results = new nint[inputs.Count];
            fixed (nint* o = of, i = at, g = given, r = results)
            {
                Binding.Done(Binding.torch_grad(o, of.Length, i, at.Length, g, given.Length, Flag(retain_graph), Flag(create_graph), Flag(allow_unused), r));
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            // The gradient of an input that was not used is an invalid tensor.
            return [.. results.Select(handle => new Tensor(handle))];
        }

        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null!, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null!)
        {
            var (roots, given, at) = (Handles(tensors), Handles(grad_tensors), Handles(inputs));
            fixed (nint* t = roots, g = given, i = at)
            {
                Binding.Done(Binding.torch_backward(t, roots.Length, g, given.Length, Flag(retain_graph ?? create_graph), Flag(create_graph), i, at.Length));
            }

            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        private static nint[] Handles(IList<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(t => t.Handle)];

        private static int Flag(bool value) => value ? 1 : 0;
    }

    /// <summary>Gradient recording of this thread, as it was before once disposed.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly int _before = Binding.torch_grad_mode();

        internal GradMode(bool on) => Binding.torch_set_grad_mode(on ? 1 : 0);

        public void Dispose() => Binding.torch_set_grad_mode(_before);
    }

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Binding.torch_grad_mode() != 0;
}
