using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Native;

/// <summary>The native functions (cpu/binding.cpp), and what the process needs before they are loaded.</summary>
internal static unsafe partial class Binding
{
    private const string Library = "torchsharp-polyfill";

    static Binding()
    {
        // Read by the libraries when they are loaded, so set before; what the user has set stays.
        // OpenBLAS 0.3.21 does not know newer cores and takes kernels without AVX-512 on them.
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported)
        {
            setenv("OPENBLAS_CORETYPE", "SKYLAKEX", overwrite: 0);
        }
        // A thread that waits for its OpenMP team spins, by default for milliseconds. Where another thread wants a core too (the one that reads
        // the data, say), it keeps its own team from it. Measured on two cores, rows per second of a small training loop, alone and beside
        // one busy thread: by default 55,000 and 250, without spinning 22,000 and 22,000, with this 45,000 and 17,000.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            setenv("GOMP_SPINCOUNT", "500", overwrite: 0);
        }
        // libtorch's own choice can be one thread on virtual machines.
        torch_start(Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null ? Environment.ProcessorCount : 0);
    }

    /// <summary>The handle, or where there is none an exception with libtorch's own words.</summary>
    internal static nint Check(nint handle)
    {
        if (handle == 0)
        {
            Throw();
        }

        return handle;
    }

    /// <summary>A count, or where it is negative an exception with libtorch's own words.</summary>
    internal static long Done(long result)
    {
        if (result < 0)
        {
            Throw();
        }

        return result;
    }

    [DoesNotReturn]
    private static void Throw() => throw new ExternalException(LastError());

    internal static string LastError() => Marshal.PtrToStringUTF8((nint)torch_error()) ?? "";

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library)]
    private static partial void torch_start(int threads);

    [LibraryImport(Library)]
    private static partial byte* torch_error();

    [LibraryImport(Library)]
    internal static partial int torch_threads();

    [LibraryImport(Library)]
    internal static partial int torch_set_threads(int count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint torch_operator(string name, string overload);

    [LibraryImport(Library)]
    internal static partial long torch_call(nint op, Argument* args, long count, nint* results, long capacity);

    [LibraryImport(Library)]
    internal static partial void torch_free(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint torch_create(void* data, long* sizes, long rank, int dtype);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long torch_rank(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long torch_numel(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int torch_dtype(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int torch_device_type(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void torch_shape(nint tensor, long* sizes);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void torch_strides(nint tensor, long* strides);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int torch_is_contiguous(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint torch_data(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int torch_requires_grad(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int torch_is_leaf(nint tensor);

    [LibraryImport(Library)]
    internal static partial int torch_set_requires_grad(nint tensor, int on);

    [LibraryImport(Library)]
    internal static partial int torch_retain_grad(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint torch_gradient(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int torch_grad_mode();

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial void torch_set_grad_mode(int on);

    [LibraryImport(Library)]
    internal static partial int torch_backward(nint* roots, long count, nint* grads, long gradCount, int retain, int create, nint* inputs, long inputCount);

    [LibraryImport(Library)]
    internal static partial int torch_grad(nint* outputs, long count, nint* inputs, long inputCount, nint* grads, long gradCount, int retain, int create, int allowUnused, nint* results);

    [LibraryImport(Library)]
    internal static partial nint torch_generator(ulong seed);

    [LibraryImport(Library)]
    internal static partial nint torch_default_generator();

    [LibraryImport(Library)]
    internal static partial void torch_generator_free(nint generator);

    [LibraryImport(Library)]
    internal static partial void torch_generator_set_seed(nint generator, ulong seed);

    [LibraryImport(Library)]
    internal static partial ulong torch_generator_seed(nint generator);

    [LibraryImport(Library)]
    internal static partial nint torch_generator_state(nint generator);

    [LibraryImport(Library)]
    internal static partial int torch_generator_set_state(nint generator, nint state);
}
