using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Factories of own encoders and decoders, by name.</summary>
internal static class CustomNetworks
{
    private static readonly ConcurrentDictionary<string, Func<VaeNetworkShape, string, (nn.Module<Tensor, Tensor> Encoder, nn.Module<Tensor, Tensor> Decoder)>> s_factories = new(StringComparer.Ordinal);

    public static void Register(string factory, Func<VaeNetworkShape, string, (nn.Module<Tensor, Tensor> Encoder, nn.Module<Tensor, Tensor> Decoder)> create) => s_factories[factory] = create;

    /// <exception cref="ArgumentException">Nobody has registered it.</exception>
    public static void RequireKnown(string factory)
    {
        if (!s_factories.ContainsKey(factory))
        {
            throw new ArgumentException($"The networks come from the factory '{factory}', which is not known here: call {nameof(VaeNetwork)}.{nameof(VaeNetwork.Register)}(\"{factory}\", ...) first.");
        }
    }

    public static (Network Encoder, Network Decoder) Create(VaeNetwork.Custom settings, VaeNetworkShape shape)
    {
        RequireKnown(settings.Factory);
        (nn.Module<Tensor, Tensor> encoder, nn.Module<Tensor, Tensor> decoder) = s_factories[settings.Factory](shape, settings.Configuration);
        return (
            new CustomNetwork(settings.Factory, "encoder", encoder, shape.EncoderParts, shape.EncoderOutputs, shape.Device),
            new CustomNetwork(settings.Factory, "decoder", decoder, shape.DecoderParts, shape.DecoderOutputs, shape.Device));
    }

    /// <summary>Somebody else's module, checked to have the shape that is wanted.</summary>
    internal sealed class CustomNetwork : Network
    {
        private const string Bias = "bias";

        private readonly nn.Module<Tensor, Tensor> module;
        private readonly InputParts _inputs;
        private readonly int _outputs;

        public CustomNetwork(string factory, string role, nn.Module<Tensor, Tensor>? module, InputParts inputs, int outputs, Device device)
            : base(nameof(CustomNetwork))
        {
            this.module = module ?? throw new ArgumentException($"The {role} of the factory '{factory}' is null.");
            _inputs = inputs;
            _outputs = outputs;
            RegisterComponents();
            RequireShape(factory, role, device);
        }

        public override Parameter? OutputBias =>
            module.named_parameters().LastOrDefault(each => each.name.EndsWith(Bias, StringComparison.Ordinal) && each.parameter.shape is [var size] && size == _outputs).parameter;

        /// <summary>Keeps the module in single precision, whatever its network has been moved to: it may make tensors of its own.</summary>
        public void KeepSinglePrecision() => module.to(ScalarType.Float32);

        // The module's own precision is single.
        public override Tensor forward(Tensor input) => input.dtype == ScalarType.Float64 ? module.call(input.@float()).@double() : module.call(input);

        public override void Initialise(Generator generator)
        {
            bool isFirst = true;
            foreach ((string name, Parameter parameter) in module.named_parameters())
            {
                long[] shape = parameter.shape;
                if (shape.Length == 2 && isFirst && shape[1] == _inputs.Count)
                {
                    Initial.Fill(parameter, _inputs, generator);
                    isFirst = false;
                }
                else if (shape.Length >= 2)
                {
                    Initial.Fill(parameter, shape[1..].Aggregate(1L, (product, size) => product * size), generator);
                }
                else if (name.EndsWith(Bias, StringComparison.Ordinal))
                {
                    parameter.zero_();
                }
            }
        }

        private void RequireShape(string factory, string role, Device device)
        {
            const int rows = 2;
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            bool wasTraining = module.training;
            module.eval();
            long[] found;
            try
            {
                found = module.call(zeros(rows, _inputs.Count, dtype: ScalarType.Float32, device: device)).shape;
            }
            catch (ExternalException error)
            {
                throw new ArgumentException($"The {role} of the factory '{factory}' fails with an input of [{rows}, {_inputs.Count}]: {error.Message}", error);
            }
            module.train(wasTraining);
            if (!found.SequenceEqual([rows, _outputs]))
            {
                throw new ArgumentException($"The {role} of the factory '{factory}' makes [{string.Join(", ", found)}] of {rows} rows of {_inputs.Count} numbers; wanted is [{rows}, {_outputs}].");
            }
        }
    }
}
