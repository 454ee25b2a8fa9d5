using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>y = x Wᵀ + b.</summary>
        public sealed class Linear : nn.Module<Tensor, Tensor>
        {
            internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(Linear))
            {
                weight = empty(outputs, inputs, dtype, device).DetachFromDisposeScope().AsParameter();
                nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!hasBias)
                {
                    return;
                }

                bias = empty(outputs, dtype, device).DetachFromDisposeScope().AsParameter();
                var bound = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
                nn.init.uniform_(bias, -bound, bound);
            }

            public Parameter weight
            {
                get => Registered(nameof(weight))!;
                set => ConditionallyRegisterParameter(nameof(weight), value.DetachFromDisposeScope());
            }

            public Parameter? bias
            {
                get => Registered(nameof(bias));
                set => ConditionallyRegisterParameter(nameof(bias), value?.DetachFromDisposeScope());
            }

            public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) => new(inputSize, outputSize, hasBias, device, dtype);
        }
    }
}
