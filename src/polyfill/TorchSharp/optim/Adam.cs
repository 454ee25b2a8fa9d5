using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Adam (Kingma and Ba 2015, algorithm 1).</summary>
        public class Adam : OptimizerHelper
        {
            internal Adam(IEnumerable<Parameter> parameters, AdamOptions options) : base(parameters, options, p => new State(p, options.AmsGrad))
            {
            }

            private protected override void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options)
            {
                var (s, o) = ((State)state, (AdamOptions)options);
                if (o.Maximize)
                {
                    gradient = -gradient;
                }

                if (o.WeightDecay > 0)
                {
                    gradient = gradient.add(parameter, o.WeightDecay);
                }

                o.Step(parameter, gradient, s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq, ++s.step);
            }

            public class State : OptimizerState, IDisposable
            {
                public long step;
                public Tensor exp_avg;
                public Tensor exp_avg_sq;
                public Tensor max_exp_avg_sq;

                internal State(Parameter parameter, bool amsgrad) => (exp_avg, exp_avg_sq, max_exp_avg_sq) = (Zeros(parameter), Zeros(parameter), amsgrad ? Zeros(parameter) : null!);

                public override void LoadStateDict(OptimizerState source)
                {
                    Dispose();
                    var given = (State)source;
                    (step, exp_avg, exp_avg_sq, max_exp_avg_sq) = (given.step, given.exp_avg, given.exp_avg_sq, given.max_exp_avg_sq);
                }

                public override bool ApproximatelyEquals(OptimizerState other) =>
                    other is State given && step == given.step && exp_avg.allclose(given.exp_avg) && exp_avg_sq.allclose(given.exp_avg_sq) && (max_exp_avg_sq is null || max_exp_avg_sq.allclose(given.max_exp_avg_sq));

                public void Dispose()
                {
                    exp_avg.Dispose();
                    exp_avg_sq.Dispose();
                    max_exp_avg_sq?.Dispose();
                }

                internal static Tensor Zeros(Parameter parameter) => zeros_like(parameter).DetachFromDisposeScope();
            }
        }

        /// <summary>Adam with the weight decay apart from the gradient (Loshchilov and Hutter 2019, algorithm 2).</summary>
        public class AdamW : OptimizerHelper
        {
            internal AdamW(IEnumerable<Parameter> parameters, AdamOptions options) : base(parameters, options, p => new State(p, options.AmsGrad))
            {
            }

            private protected override void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options)
            {
                var (s, o) = ((State)state, (AdamOptions)options);
                if (o.Maximize)
                {
                    gradient = -gradient;
                }

                if (o.WeightDecay > 0)
                {
                    parameter.mul_(1 - o.LearningRate!.Value * o.WeightDecay);
                }

                o.Step(parameter, gradient, s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq, ++s.step);
            }

            public class State : OptimizerState, IDisposable
            {
                public long step;
                public Tensor exp_avg;
                public Tensor exp_avg_sq;
                public Tensor max_exp_avg_sq;

                internal State(Parameter parameter, bool amsgrad) =>
                    (exp_avg, exp_avg_sq, max_exp_avg_sq) = (Adam.State.Zeros(parameter), Adam.State.Zeros(parameter), amsgrad ? Adam.State.Zeros(parameter) : null!);

                public override void LoadStateDict(OptimizerState source)
                {
                    Dispose();
                    var given = (State)source;
                    (step, exp_avg, exp_avg_sq, max_exp_avg_sq) = (given.step, given.exp_avg, given.exp_avg_sq, given.max_exp_avg_sq);
                }

                public override bool ApproximatelyEquals(OptimizerState other) =>
                    other is State given && step == given.step && exp_avg.allclose(given.exp_avg) && exp_avg_sq.allclose(given.exp_avg_sq) && (max_exp_avg_sq is null || max_exp_avg_sq.allclose(given.max_exp_avg_sq));

                public void Dispose()
                {
                    exp_avg.Dispose();
                    exp_avg_sq.Dispose();
                    max_exp_avg_sq?.Dispose();
                }
            }
        }

        /// <summary>The settings of Adam and AdamW, and what the two do alike.</summary>
        internal sealed class AdamOptions : OptimizerOptions
        {
            internal AdamOptions(double rate, double beta1, double beta2, double eps, double decay, bool amsgrad, bool maximize) : base(rate)
            {
                if (rate < 0)
                {
                    throw new ArgumentException($"Invalid learning rate: {rate}");
                }

                if (eps < 0)
                {
                    throw new ArgumentException($"Invalid ε: {eps}");
                }

                if (beta1 is < 0 or >= 1)
                {
                    throw new ArgumentException($"Invalid beta1: {beta1}");
                }

                if (beta2 is < 0 or >= 1)
                {
                    throw new ArgumentException($"Invalid beta2: {beta2}");
                }

                if (decay < 0)
                {
                    throw new ArgumentException($"Invalid weight_decay value: {decay}");
                }

                (Beta1, Beta2, Epsilon, WeightDecay, AmsGrad, Maximize) = (beta1, beta2, eps, decay, amsgrad, maximize);
            }

            internal double Beta1 { get; private set; }
            internal double Beta2 { get; private set; }
            internal double Epsilon { get; private set; }
            internal double WeightDecay { get; private set; }
            internal bool AmsGrad { get; private set; }
            internal bool Maximize { get; private set; }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var given = (AdamOptions)source;
                (Beta1, Beta2, Epsilon, WeightDecay, AmsGrad, Maximize) = (given.Beta1, given.Beta2, given.Epsilon, given.WeightDecay, given.AmsGrad, given.Maximize);
            }

            internal void Step(Parameter parameter, Tensor gradient, Tensor first, Tensor second, Tensor? largest, long step)
            {
                first.mul_(Beta1).add_(gradient, 1 - Beta1);
                second.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
                if (largest is not null)
                {
                    using (var now = maximum(largest, second))
                    {
                        largest.copy_(now);
                    }
                }
                // m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps), with one tensor besides
                using var root = (largest ?? second).sqrt();
                root.div_(Math.Sqrt(1 - Math.Pow(Beta2, step))).add_(Epsilon);
                parameter.addcdiv_(first, root, -LearningRate!.Value / (1 - Math.Pow(Beta1, step)));
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, new AdamOptions(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize));

            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, new AdamOptions(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize));
        }
    }
}
