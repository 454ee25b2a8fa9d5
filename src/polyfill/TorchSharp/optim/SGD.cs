using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Gradient descent with momentum.</summary>
        public class SGD : OptimizerHelper
        {
            public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            {
                if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
                if (momentum < 0) throw new ArgumentException($"Invalid momentum value: {momentum}");
                if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
                if (nesterov && (momentum == 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
                var options = new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize };
                add_param_group(new ParamGroup { Parameters = parameters, Options = options });
            }

            private protected override OptimizerState NewState(Parameter parameter, ParamGroup group) => new State();

            private protected override void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options)
            {
                var (s, o) = ((State)state, (Options)options);
                if (o.weight_decay > 0) gradient = gradient.add(parameter, o.weight_decay.Value);
                if (o.momentum > 0)
                {
                    if (s.momentum_buffer is null) s.momentum_buffer = gradient.clone().DetachFromDisposeScope();
                    else s.momentum_buffer.mul_(o.momentum.Value).add_(gradient, 1 - o.dampening!.Value);
                    gradient = o.nesterov!.Value ? gradient.add(s.momentum_buffer, o.momentum.Value) : s.momentum_buffer;
                }
                var rate = o.LearningRate!.Value;
                parameter.add_(gradient, o.maximize!.Value ? rate : -rate);
            }

            public class Options : OptimizerOptions
            {
                public double? momentum;
                public double? dampening;
                public double? weight_decay;
                public bool? nesterov;
                public bool? maximize;

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var given = (Options)source;
                    (momentum, dampening, weight_decay, nesterov, maximize) = (given.momentum, given.dampening, given.weight_decay, given.nesterov, given.maximize);
                }
            }

            public class State : OptimizerState, IDisposable
            {
                internal State()
                {
                }

                public Tensor momentum_buffer = null!;

                public override void LoadStateDict(OptimizerState source)
                {
                    Dispose();
                    momentum_buffer = ((State)source).momentum_buffer;
                }

                public void Dispose() => momentum_buffer?.Dispose();

                internal override void Release() => Dispose();
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
