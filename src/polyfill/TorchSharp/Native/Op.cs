using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>One ATen operator, found by name at its first call. A call allocates nothing but its resulting tensors.</summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    private nint _handle;

    private nint Handle => _handle != 0 ? _handle : _handle = Binding.Check(Binding.torch_operator("aten::" + name, overload));

    /// <summary>Calls an operator that returns one tensor.</summary>
    internal Tensor Call(params ReadOnlySpan<Arg> args)
    {
        nint result;
        Invoke(null, args, &result, 1);
        return new Tensor(result);
    }

    /// <summary>Calls an operator that changes its first argument, and returns that one as TorchSharp's in-place members do.</summary>
    internal Tensor Run(Tensor self, params ReadOnlySpan<Arg> rest)
    {
        Invoke(self, rest, null, 0);
        return self;
    }

    /// <summary>Calls an operator that returns two tensors.</summary>
    internal (Tensor, Tensor) CallTwo(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc nint[2];
        Invoke(null, args, results, 2);
        return (new Tensor(results[0]), new Tensor(results[1]));
    }

    /// <summary>Calls an operator that returns a list of at most <paramref name="capacity"/> tensors.</summary>
    internal Tensor[] CallMany(long capacity, params ReadOnlySpan<Arg> args)
    {
        var results = new nint[capacity];
        fixed (nint* p = results)
        {
            var tensors = new Tensor[Invoke(null, args, p, capacity)];
            for (var i = 0; i < tensors.Length; i++)
            {
                tensors[i] = new Tensor(results[i]);
            }

            return tensors;
        }
    }

    private long Invoke(Tensor? self, ReadOnlySpan<Arg> args, nint* results, long capacity)
    {
        var words = 0;
        foreach (ref readonly var arg in args)
        {
            words += Words(arg);
        }
        // Lists and texts are copied into one block beside the arguments; only a long list needs the heap.
        var first = self is null ? 0 : 1;
        var native = stackalloc Argument[args.Length + first];
        Span<long> block = words <= 128 ? stackalloc long[words] : GC.AllocateUninitializedArray<long>(words, pinned: true);
        fixed (long* start = block)
        {
            var next = start;
            if (self is not null)
            {
                native[0] = new Argument { Kind = ArgKind.Tensor, Value = self.Handle };
            }

            for (var i = 0; i < args.Length; i++)
            {
                Fill(args[i], out native[first + i], ref next);
            }

            var count = Binding.Done(Binding.torch_call(Handle, native, args.Length + first, results, capacity));
            // The other arguments lie in the caller's frame until it returns, so that none of them is finalized during the call.
            GC.KeepAlive(self);
            return count;
        }
    }

    private static int Words(in Arg arg) => arg.Kind switch
    {
        ArgKind.Longs or ArgKind.Tensors or ArgKind.OptionalTensors => ((Array)arg.Object!).Length,
        ArgKind.Text => Encoding.UTF8.GetMaxByteCount(((string)arg.Object!).Length) / sizeof(long) + 1,
        _ => 0,
    };

    private static void Fill(in Arg arg, out Argument native, ref long* next)
    {
        native = new Argument { Kind = arg.Kind, Value = arg.Bits };
        switch (arg.Kind)
        {
            case ArgKind.Tensor:
                native.Value = ((Tensor)arg.Object!).Handle;
                break;
            case ArgKind.Generator:
                native.Value = ((Generator)arg.Object!).Handle;
                break;
            case ArgKind.Device:
                native.Count = -1;
                break;
            case ArgKind.Longs:
                var longs = (long[])arg.Object!;
                native.Value = (nint)next;
                native.Count = longs.Length;
                foreach (var value in longs)
                {
                    *next++ = value;
                }

                break;
            case ArgKind.Tensors or ArgKind.OptionalTensors:
                var tensors = (Tensor?[])arg.Object!;
                native.Value = (nint)next;
                native.Count = tensors.Length;
                foreach (var tensor in tensors)
                {
                    *next++ = tensor is null ? 0 : tensor.Handle;
                }

                break;
            case ArgKind.Text:
                var text = (string)arg.Object!;
                var room = Words(arg) * sizeof(long);
                native.Value = (nint)next;
                native.Count = Encoding.UTF8.GetBytes(text, new Span<byte>(next, room));
                next += room / sizeof(long);
                break;
        }
    }
}
