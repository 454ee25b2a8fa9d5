using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of libtorch, owned by this object: disposed with it, with its scope, or at last by the finalizer.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _total;
        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            if (handle != 0)
            {
                Interlocked.Increment(ref _total);
            }

            Join(DisposeScopeManager.OfThread.Current);
        }

        /// <summary>Takes over the other's tensor and its place in a scope, which leaves the other empty.</summary>
        private protected Tensor(Tensor other)
        {
            _handle = other.Handle;
            other._handle = 0;
            GC.SuppressFinalize(other);
            var scope = other.OwningDisposeScope;
            scope?.Forget(other);
            Join(scope);
        }

        ~Tensor() => Free();

        internal DisposeScope? OwningDisposeScope { get; set; }

        public IntPtr Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The tensor has been disposed.");

        /// <summary>How many tensors there are in the process, on all threads.</summary>
        public static long TotalCount => Interlocked.Read(ref _total);

        public bool IsInvalid => _handle == 0;

        private void Join(DisposeScope? scope)
        {
            OwningDisposeScope = scope;
            scope?.Add(this);
        }

        public void Dispose()
        {
            OwningDisposeScope?.Forget(this);
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
            {
                return;
            }

            Interlocked.Decrement(ref _total);
            Binding.torch_free(handle);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public long Dimensions => Keep(Binding.torch_rank(Handle));

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Keep(Binding.torch_numel(Handle));

        public long numel() => NumberOfElements;

        public ScalarType dtype => (ScalarType)Keep(Binding.torch_dtype(Handle));

        public DeviceType device_type => (DeviceType)Keep(Binding.torch_device_type(Handle));

        public Device device => new(device_type);

        /// <summary>The CPU has no number.</summary>
        public int device_index => -1;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* p = sizes)
                {
                    Binding.torch_shape(Handle, p);
                }

                return Keep(sizes);
            }
        }

        public long[] size() => shape;

        public long size(int dim) => shape is var sizes && dim < 0 ? sizes[dim + sizes.Length] : sizes[dim];

        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* p = strides)
            {
                Binding.torch_strides(Handle, p);
            }

            return Keep(strides);
        }

        public bool is_contiguous() => Keep(Binding.torch_is_contiguous(Handle)) != 0;

        public bool is_leaf => Keep(Binding.torch_is_leaf(Handle)) != 0;

        public bool requires_grad
        {
            get => Keep(Binding.torch_requires_grad(Handle)) != 0;
            set => Keep(Binding.Done(Binding.torch_set_requires_grad(Handle, value ? 1 : 0)));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Keep(Binding.Done(Binding.torch_retain_grad(Handle)));

        public void backward() => autograd.backward([this]);

        /// <summary>The accumulated gradient, or null. (TorchSharp's versions disagree on its public form; optimisers use this one.)</summary>
        internal Tensor? Gradient
        {
            get
            {
                var handle = Keep(Binding.torch_gradient(Handle));
                return handle == 0 ? null : new Tensor(handle);
            }
        }

        /// <summary>Keeps this object from the finalizer until the native call before has returned.</summary>
        private T Keep<T>(T value)
        {
            GC.KeepAlive(this);
            return value;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public bool Equals(Tensor target)
        {
            if (dtype != target.dtype || !shape.AsSpan().SequenceEqual(target.shape))
            {
                return false;
            }

            using var same = eq(target);
            using var all = same.all();
            return all.item<bool>();
        }

        public override int GetHashCode() => base.GetHashCode();

        public override string ToString() => IsInvalid ? "disposed tensor" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}
