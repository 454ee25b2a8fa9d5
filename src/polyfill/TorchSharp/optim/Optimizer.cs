using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public interface ILearningRateController
            {
                double LearningRate { get; set; }

                double InitialLearningRate { get; set; }
            }

            /// <summary>Changes parameters by their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                private protected readonly List<ParamGroup> _groups = [];

                private protected Optimizer()
                {
                }

                public virtual IEnumerable<ILearningRateController> ParamGroups => _groups;

                public virtual IEnumerable<Parameter> parameters() => _groups.SelectMany(group => group.Parameters);

                public virtual void add_param_group(ParamGroup param_group) => _groups.Add(param_group);

                /// <summary>Sets the gradients to zero; their memory stays.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var gradient = parameter.Gradient;
                        gradient?.zero_();
                    }
                }

                public abstract Tensor step(Func<Tensor> closure = null!);

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing)
                {
                }

                public class StateDictionary
                {
                    internal StateDictionary()
                    {
                    }

                    public List<OptimizerOptions> Options { get; } = [];

                    public List<OptimizerState> State { get; } = [];
                }
            }
        }
    }

    namespace Modules
    {
        public class OptimizerOptions
        {
            public double? LearningRate { get; set; }

            public double InitialLearningRate { get; set; }

            public virtual void LoadStateDict(OptimizerOptions source) => (LearningRate, InitialLearningRate) = (source.LearningRate, source.InitialLearningRate);
        }

        /// <summary>What an optimiser remembers of one parameter.</summary>
        public abstract class OptimizerState
        {
            private protected OptimizerState()
            {
            }

            public abstract void LoadStateDict(OptimizerState source);

            internal abstract void Release();
        }

        /// <summary>Parameters that share their settings.</summary>
        public class ParamGroup : optim.ILearningRateController
        {
            public IEnumerable<Parameter> Parameters { get; set; } = [];

            public OptimizerOptions Options { get; set; } = null!;

            public double LearningRate
            {
                get => Options.LearningRate!.Value;
                set => Options.LearningRate = value;
            }

            public double InitialLearningRate
            {
                get => Options.InitialLearningRate;
                set => Options.InitialLearningRate = value;
            }
        }

        /// <summary>What the optimisers share: the loop over parameters that have gradients, and the state of each.</summary>
        public abstract class OptimizerHelper : optim.Optimizer
        {
            private protected readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

            private protected OptimizerHelper()
            {
            }

            private protected abstract OptimizerState NewState(Parameter parameter, ParamGroup group);

            private protected abstract void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options);

            public override void add_param_group(ParamGroup param_group)
            {
                // Kept as a list: a lazy sequence of a module's parameters would be walked again at every step.
                param_group.Parameters = [.. param_group.Parameters];
                base.add_param_group(param_group);
                foreach (var parameter in param_group.Parameters) _states.Add(parameter, NewState(parameter, param_group));
            }

            public override Tensor step(Func<Tensor> closure = null!)
            {
                Tensor? loss = null;
                if (closure is not null)
                    using (enable_grad()) loss = closure();
                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                foreach (var group in _groups)
                    foreach (var parameter in group.Parameters)
                        if (parameter.Gradient is { } gradient) Update(parameter, gradient, _states[parameter], group.Options);
                return loss!;
            }

            /// <summary>The options and states themselves, not copies.</summary>
            public virtual StateDictionary state_dict()
            {
                var result = new StateDictionary();
                foreach (var group in _groups)
                {
                    result.Options.Add(group.Options);
                    result.State.AddRange(group.Parameters.Select(parameter => _states[parameter]));
                }
                return result;
            }

            public virtual void load_state_dict(StateDictionary state_dict)
            {
                var own = this.state_dict();
                if (state_dict.Options.Count != own.Options.Count) throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
                if (state_dict.State.Count != own.State.Count) throw new ArgumentException("Invalid optimizer state -- different number of states.");
                foreach (var (mine, given) in own.Options.Zip(state_dict.Options)) mine.LoadStateDict(given);
                foreach (var (mine, given) in own.State.Zip(state_dict.State))
                    if (mine != given) mine.LoadStateDict(given);
            }

            protected override void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var state in _states.Values) state.Release();
            }
        }
    }
}
