using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Adam (Kingma and Ba 2015, algorithm 1).</summary>
        public class Adam : OptimizerHelper
        {
            public Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            {
                AdamStep.Check(lr, beta1, beta2, eps, weight_decay);
                var options = new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize };
                add_param_group(new ParamGroup { Parameters = parameters, Options = options });
            }

            private protected override OptimizerState NewState(Parameter parameter, ParamGroup group)
            {
                var (first, second, largest) = AdamStep.NewMoments(parameter, ((Options)group.Options).amsgrad!.Value);
                return new State { exp_avg = first, exp_avg_sq = second, max_exp_avg_sq = largest! };
            }

            private protected override void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options)
            {
                var (s, o) = ((State)state, (Options)options);
                if (o.maximize!.Value) gradient = -gradient;
                if (o.weight_decay > 0) gradient = gradient.add(parameter, o.weight_decay.Value);
                AdamStep.Run(parameter, gradient, s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq, ++s.step, o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value);
            }

            public class Options : OptimizerOptions
            {
                public double? beta1;
                public double? beta2;
                public double? weight_decay;
                public double? eps;
                public bool? amsgrad;
                public bool? maximize;

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var given = (Options)source;
                    (beta1, beta2, eps, weight_decay, amsgrad, maximize) = (given.beta1, given.beta2, given.eps, given.weight_decay, given.amsgrad, given.maximize);
                }
            }

            public class State : OptimizerState, IDisposable
            {
                internal State()
                {
                }

                public long step;
                public Tensor exp_avg = null!;
                public Tensor exp_avg_sq = null!;
                public Tensor max_exp_avg_sq = null!;

                public override void LoadStateDict(OptimizerState source)
                {
                    Dispose();
                    var given = (State)source;
                    (step, exp_avg, exp_avg_sq, max_exp_avg_sq) = (given.step, given.exp_avg, given.exp_avg_sq, given.max_exp_avg_sq);
                }

                public void Dispose()
                {
                    exp_avg.Dispose();
                    exp_avg_sq.Dispose();
                    max_exp_avg_sq?.Dispose();
                }

                internal override void Release() => Dispose();
            }
        }

        /// <summary>Adam with the weight decay apart from the gradient (Loshchilov and Hutter 2019, algorithm 2).</summary>
        public class AdamW : OptimizerHelper
        {
            public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            {
                AdamStep.Check(lr, beta1, beta2, eps, weight_decay);
                var options = new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize };
                add_param_group(new ParamGroup { Parameters = parameters, Options = options });
            }

            private protected override OptimizerState NewState(Parameter parameter, ParamGroup group)
            {
                var (first, second, largest) = AdamStep.NewMoments(parameter, ((Options)group.Options).amsgrad!.Value);
                return new State { exp_avg = first, exp_avg_sq = second, max_exp_avg_sq = largest! };
            }

            private protected override void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options)
            {
                var (s, o) = ((State)state, (Options)options);
                if (o.maximize!.Value) gradient = -gradient;
                if (o.weight_decay > 0) parameter.mul_(1 - o.LearningRate!.Value * o.weight_decay.Value);
                AdamStep.Run(parameter, gradient, s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq, ++s.step, o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value);
            }

            public class Options : OptimizerOptions
            {
                public double? beta1;
                public double? beta2;
                public double? weight_decay;
                public double? eps;
                public bool? amsgrad;
                public bool? maximize;

                public override void LoadStateDict(OptimizerOptions source)
                {
                    base.LoadStateDict(source);
                    var given = (Options)source;
                    (beta1, beta2, eps, weight_decay, amsgrad, maximize) = (given.beta1, given.beta2, given.eps, given.weight_decay, given.amsgrad, given.maximize);
                }
            }

            public class State : OptimizerState, IDisposable
            {
                internal State()
                {
                }

                public long step;
                public Tensor exp_avg = null!;
                public Tensor exp_avg_sq = null!;
                public Tensor max_exp_avg_sq = null!;

                public override void LoadStateDict(OptimizerState source)
                {
                    Dispose();
                    var given = (State)source;
                    (step, exp_avg, exp_avg_sq, max_exp_avg_sq) = (given.step, given.exp_avg, given.exp_avg_sq, given.max_exp_avg_sq);
                }

                public void Dispose()
                {
                    exp_avg.Dispose();
                    exp_avg_sq.Dispose();
                    max_exp_avg_sq?.Dispose();
                }

                internal override void Release() => Dispose();
            }
        }

        /// <summary>What Adam and AdamW do alike.</summary>
        internal static class AdamStep
        {
            internal static void Check(double lr, double beta1, double beta2, double eps, double weight_decay)
            {
                if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
                if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
                if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1: {beta1}");
                if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2: {beta2}");
                if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            }

            internal static (Tensor First, Tensor Second, Tensor? Largest) NewMoments(Parameter parameter, bool amsgrad) =>
                (Zeros(parameter), Zeros(parameter), amsgrad ? Zeros(parameter) : null);

            private static Tensor Zeros(Parameter parameter) => zeros_like(parameter).DetachFromDisposeScope();

            internal static void Run(Parameter parameter, Tensor gradient, Tensor first, Tensor second, Tensor? largest, long step, double rate, double beta1, double beta2, double eps)
            {
                first.mul_(beta1).add_(gradient, 1 - beta1);
                second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
                if (largest is not null)
                    using (var now = maximum(largest, second)) largest.copy_(now);
                // m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps), with one tensor besides
                using var root = (largest ?? second).sqrt();
                root.div_(Math.Sqrt(1 - Math.Pow(beta2, step))).add_(eps);
                parameter.addcdiv_(first, root, -rate / (1 - Math.Pow(beta1, step)));
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
