namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where a tensor lives. This build of libtorch knows the CPU only.</summary>
    public class Device
    {
        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            if (parts.Length == 2)
            {
                index = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        public Device(string deviceType, int index = -1) : this(Parse(deviceType), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        /// <summary>A graphics card by its number.</summary>
        public Device(int index) : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; } = -1;

        private static DeviceType Parse(string name) => Enum.Parse<DeviceType>(name.ToUpperInvariant());

        public override string ToString() => type == DeviceType.CPU || index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        public static implicit operator Device(string description) => new(description);
    }

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType != DeviceType.CUDA || cuda.is_available();

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine: this build of libtorch knows the CPU only.");
        }
    }

    public static Device InitializeDevice(Device? device) => Initialized(device) ?? new Device(DeviceType.CPU);

    /// <summary>The device given to a function that creates a tensor, if there can be one.</summary>
    private static Device? Initialized(Device? device)
    {
        if (device is not null)
        {
            InitializeDeviceType(device.type);
        }

        return device;
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static class cuda
    {
        public static bool is_available() => false;

        public static bool is_cudnn_available() => false;

        public static int device_count() => 0;

        /// <summary>Without a graphics card there is nothing to seed; that is no error.</summary>
        public static void manual_seed(long seed)
        {
        }

        /// <summary>As <see cref="manual_seed"/>.</summary>
        public static void manual_seed_all(long seed)
        {
        }
    }
}
