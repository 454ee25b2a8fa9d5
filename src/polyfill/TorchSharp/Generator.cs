using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers of its own. Whatever the device, it is the Mersenne Twister of the CPU, as in TorchSharp.</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
        {
            Handle = Binding.Check(Binding.torch_generator(seed));
            this.device = device ?? new(DeviceType.CPU);
        }

        private Generator(IntPtr handle)
        {
            Handle = handle;
            device = new(DeviceType.CPU);
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that operators use when they get none.</summary>
        public static Generator Default => new(Binding.torch_default_generator());

        public IntPtr Handle { get; private set; }

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            Binding.torch_generator_set_seed(Handle, (ulong)seed);
            return this;
        }

        /// <summary>Seeds the generator by the time, and tells the seed.</summary>
        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => (long)Binding.torch_generator_seed(Handle);

        public Tensor get_state() => new(Binding.Check(Binding.torch_generator_state(Handle)));

        public void set_state(Tensor value)
        {
            Binding.Done(Binding.torch_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == 0)
            {
                return;
            }

            Binding.torch_generator_free(Handle);
            Handle = 0;
        }
    }

    public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

    public static Tensor get_rng_state()
    {
        using var generator = Generator.Default;
        return generator.get_state();
    }

    public static void set_rng_state(Tensor new_state)
    {
        using var generator = Generator.Default;
        generator.set_state(new_state);
    }
}
