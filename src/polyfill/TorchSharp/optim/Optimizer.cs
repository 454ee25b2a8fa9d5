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
                private protected Optimizer(IEnumerable<Parameter> parameters, OptimizerOptions options) => Group = new ParamGroup([.. parameters], options);

                /// <summary>All parameters have the same settings.</summary>
                private protected ParamGroup Group { get; }

                public virtual IEnumerable<ILearningRateController> ParamGroups => [Group];

                public virtual IEnumerable<Parameter> parameters() => Group.Parameters;

                /// <summary>Sets the gradients to zero; their memory stays.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in Group.Parameters)
                    {
                        using var gradient = parameter.Gradient;
                        gradient?.zero_();
                    }
                }

                public abstract Tensor step(Func<Tensor> closure = null!);

                public abstract void Dispose();

                public class StateDictionary
                {
                    internal StateDictionary(OptimizerOptions options, IEnumerable<OptimizerState> states) => (Options, State) = ([options], [.. states]);

                    public List<OptimizerOptions> Options { get; }

                    public List<OptimizerState> State { get; }
                }
            }
        }
    }

    namespace Modules
    {
        /// <summary>An optimiser's settings.</summary>
        public class OptimizerOptions
        {
            internal OptimizerOptions(double rate) => (LearningRate, InitialLearningRate) = (rate, rate);

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

            /// <summary>Takes over the other's tensors, which both have from then on.</summary>
            public abstract void LoadStateDict(OptimizerState source);

            public virtual bool ApproximatelyEquals(OptimizerState other) => false;
        }

        /// <summary>Parameters and the settings that they share.</summary>
        internal sealed class ParamGroup(Parameter[] parameters, OptimizerOptions options) : optim.ILearningRateController
        {
            internal Parameter[] Parameters => parameters;

            internal OptimizerOptions Options => options;

            public double LearningRate
            {
                get => options.LearningRate!.Value;
                set => options.LearningRate = value;
            }

            public double InitialLearningRate
            {
                get => options.InitialLearningRate;
                set => options.InitialLearningRate = value;
            }
        }

        /// <summary>What the optimisers share: the loop over parameters that have gradients, and the state of each.</summary>
        public abstract class OptimizerHelper : optim.Optimizer
        {
            private readonly OptimizerState[] _states;

            private protected OptimizerHelper(IEnumerable<Parameter> parameters, OptimizerOptions options, Func<Parameter, OptimizerState> state) : base(parameters, options) =>
                _states = [.. Group.Parameters.Select(state)];

            private protected abstract void Update(Parameter parameter, Tensor gradient, OptimizerState state, OptimizerOptions options);

            public override Tensor step(Func<Tensor> closure = null!)
            {
                Tensor? loss = null;
                if (closure is not null)
                {
                    using (enable_grad())
                    {
                        loss = closure();
                    }
                }

                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                for (var i = 0; i < _states.Length; i++)
                {
                    if (Group.Parameters[i].Gradient is { } gradient)
                    {
                        Update(Group.Parameters[i], gradient, _states[i], Group.Options);
                    }
                }

                return loss!;
            }

            /// <summary>The options and states themselves, not copies.</summary>
            public virtual StateDictionary state_dict() => new(Group.Options, _states);

            public virtual void load_state_dict(StateDictionary state_dict)
            {
                if (state_dict.Options.Count != 1)
                {
                    throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
                }

                if (state_dict.State.Count != _states.Length)
                {
                    throw new ArgumentException("Invalid optimizer state -- different number of states.");
                }

                Group.Options.LoadStateDict(state_dict.Options[0]);
                foreach (var (mine, given) in _states.Zip(state_dict.State))
                {
                    if (mine != given)
                    {
                        mine.LoadStateDict(given);
                    }
                }
            }

            public override void Dispose()
            {
                foreach (var state in _states)
                {
                    (state as IDisposable)?.Dispose();
                }

                GC.SuppressFinalize(this);
            }
        }
    }
}
