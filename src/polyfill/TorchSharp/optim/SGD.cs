using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Gradient descent with momentum.</summary>
        public class SGD : OptimizerHelper
        {
            internal SGD(IEnumerable<Parameter> parameters, SgdOptions options) : base(parameters, options, _ => new State())
            {
            }

            private protected override void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options)
            {
                var (s, o) = ((State)state, (SgdOptions)options);
                if (o.WeightDecay > 0)
                {
                    gradient = gradient.add(parameter, o.WeightDecay);
                }

                if (o.Momentum > 0)
                {
                    if (s.momentum_buffer is null)
                    {
                        s.momentum_buffer = gradient.clone().DetachFromDisposeScope();
                    }
                    else
                    {
                        s.momentum_buffer.mul_(o.Momentum).add_(gradient, 1 - o.Dampening);
                    }

                    gradient = o.Nesterov ? gradient.add(s.momentum_buffer, o.Momentum) : s.momentum_buffer;
                }
                var rate = o.LearningRate!.Value;
                parameter.add_(gradient, o.Maximize ? rate : -rate);
            }

            public class State : OptimizerState, IDisposable
            {
                public Tensor momentum_buffer = null!;

                internal State()
                {
                }

                public override void LoadStateDict(OptimizerState source)
                {
                    Dispose();
                    momentum_buffer = ((State)source).momentum_buffer;
                }

                public override bool ApproximatelyEquals(OptimizerState other) =>
                    other is State given && (momentum_buffer is null || momentum_buffer.allclose(given.momentum_buffer));

                public void Dispose() => momentum_buffer?.Dispose();
            }
        }

        internal sealed class SgdOptions : OptimizerOptions
        {
            internal SgdOptions(double rate, double momentum, double dampening, double decay, bool nesterov, bool maximize) : base(rate)
            {
                if (rate < 0)
                {
                    throw new ArgumentException($"Invalid learning rate: {rate}");
                }

                if (momentum < 0)
                {
                    throw new ArgumentException($"Invalid momentum value: {momentum}");
                }

                if (decay < 0)
                {
                    throw new ArgumentException($"Invalid weight_decay value: {decay}");
                }

                if (nesterov && (momentum == 0 || dampening != 0))
                {
                    throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
                }

                (Momentum, Dampening, WeightDecay, Nesterov, Maximize) = (momentum, dampening, decay, nesterov, maximize);
            }

            internal double Momentum { get; private set; }
            internal double Dampening { get; private set; }
            internal double WeightDecay { get; private set; }
            internal bool Nesterov { get; private set; }
            internal bool Maximize { get; private set; }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var given = (SgdOptions)source;
                (Momentum, Dampening, WeightDecay, Nesterov, Maximize) = (given.Momentum, given.Dampening, given.WeightDecay, given.Nesterov, given.Maximize);
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, new SgdOptions(learningRate, momentum, dampening, weight_decay, nesterov, maximize));
        }
    }
}
