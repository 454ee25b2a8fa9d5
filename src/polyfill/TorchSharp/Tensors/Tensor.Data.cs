using System.Runtime.InteropServices;
using TorchSharp.Native;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>From tensors to .NET values and memory.</summary>
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous tensor. It is the tensor's own: valid while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get => new((void*)DataPointer, checked((int)ContiguousSize()));
            set
            {
                if (value.Length != ContiguousSize())
                {
                    throw new ArgumentException($"The tensor has {ContiguousSize()} bytes, the source {value.Length}.");
                }

                value.CopyTo(bytes);
                GC.KeepAlive(this);
            }
        }

        private long ContiguousSize() => is_contiguous() ? NumberOfElements * ElementSize : throw new InvalidOperationException("The tensor is not contiguous.");

        public long ElementSize => dtype switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            ScalarType.ComplexFloat64 => 16,
            _ => 8,
        };

        internal nint DataPointer => Keep(Binding.torch_data(Handle));

        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (typeof(T) != DotNetType)
            {
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
            }

            return new TensorAccessor<T>(this);
        }

        public T item<T>() where T : unmanaged =>
            NumberOfElements == 1 ? data<T>()[0] : throw new ArgumentException("Number of elements in the tensor must be 1");

        private Type? DotNetType => dtype switch
        {
            ScalarType.Byte => typeof(byte),
            ScalarType.Int8 => typeof(sbyte),
            ScalarType.Int16 => typeof(short),
            ScalarType.Int32 => typeof(int),
            ScalarType.Int64 => typeof(long),
            ScalarType.Float32 => typeof(float),
            ScalarType.Float64 => typeof(double),
            ScalarType.Bool => typeof(bool),
            _ => null,
        };

        /// <summary>The only element, whatever its type, as a double or, where that could lose digits, as a long.</summary>
        internal (double Real, long Whole) Number()
        {
            if (NumberOfElements != 1)
            {
                throw new ExternalException($"a Tensor with {NumberOfElements} elements cannot be converted to Scalar");
            }

            if (dtype == ScalarType.Float64)
            {
                return (item<double>(), (long)item<double>());
            }

            if (dtype == ScalarType.Float32)
            {
                return (item<float>(), (long)item<float>());
            }

            using var whole = type(ScalarType.Int64);
            return (whole.item<long>(), whole.item<long>());
        }

        internal static unsafe Tensor Create<T>(ReadOnlySpan<T> values, ScalarType dtype, ReadOnlySpan<long> sizes) where T : unmanaged
        {
            var count = 1L;
            foreach (var size in sizes)
            {
                count *= size;
            }

            if (count != values.Length)
            {
                throw new ArgumentException($"A tensor of shape [{string.Join(", ", sizes.ToArray())}] has {count} elements, the array {values.Length}.");
            }

            fixed (T* data = values)
            fixed (long* shape = sizes)
            {
                return new Tensor(Binding.Check(Binding.torch_create(data, shape, sizes.Length, (int)dtype)));
            }
        }
    }
}

public static class TensorExtensionMethods
{
    public static float ToSingle(this torch.Tensor value) => (float)value.Number().Real;
    public static double ToDouble(this torch.Tensor value) => value.Number().Real;
    public static int ToInt32(this torch.Tensor value) => (int)value.Number().Whole;
    public static long ToInt64(this torch.Tensor value) => value.Number().Whole;
    public static bool ToBoolean(this torch.Tensor value) => value.Number().Real != 0;
    public static Modules.Parameter AsParameter(this torch.Tensor tensor) => new(tensor);
}
