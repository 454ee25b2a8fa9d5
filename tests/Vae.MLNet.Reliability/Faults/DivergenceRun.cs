using System.Globalization;
using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>Gradients that are not numbers while the loss is one, at any step, and step sizes far too large: told of, never trained on from, never kept.</summary>
internal static class DivergenceRun
{
    private const string Factory = "reliability: a gradient is not a number";

    private static int s_steps;
    private static int s_poisoned;

    public static Run Run { get; } = new("divergence", "A gradient becomes NaN at the k-th step, and learning rates are far too large: with and without checkpoints, validation, early stopping.", Try);

    private static readonly (string Name, Action<VaeEstimator.Options> Change)[] s_kinds =
    [
        ("plain", _ => { }),
        ("held-out rows and early stopping", options => (options.ValidationFraction, options.EarlyStoppingPatience) = (0.25, 2)),
        ("clipped gradients", options => options.GradientClipping = 1),
        ("rows streamed", options => options.CacheRows = VaeRowCache.Never),
    ];

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        VaeNetwork.Register(Factory, (shape, _) => (new Poisoned(shape.EncoderInputs, shape.EncoderOutputs), nn.Linear(shape.DecoderInputs, shape.DecoderOutputs)));
        foreach ((string name, Action<VaeEstimator.Options> change) in s_kinds)
        {
            yield return Gradients(name, change, effort);
        }
        yield return Rates(effort);
    }

    private static Outcome Gradients(string name, Action<VaeEstimator.Options> change, Effort effort)
    {
        var ml = new MLContext(seed: 1);
        void Own(VaeEstimator.Options options)
        {
            options.Network = new VaeNetwork.Custom(Factory);
            change(options);
        }

        (s_steps, s_poisoned) = (0, 0);
        string expected = Fitted(ml, Own);
        int steps = s_steps;
        List<string> violations = [];
        int[] places = [.. SourceRun.Places(new Random(effort.Seed), steps, effort.Of(5, steps)).Select(place => (int)place)];
        foreach (int place in places)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"{name}, the gradient of step {place} of {steps} is NaN");
            string folder = Directory.CreateTempSubdirectory("vae diverged ").FullName;
            using var tensors = TensorWatch.Start();
            (s_steps, s_poisoned) = (0, place);
            try
            {
                Fitted(ml, options =>
                {
                    Own(options);
                    options.CheckpointFolder = folder;
                });
                violations.Add($"{what}: a model came out");
            }
            catch (InvalidOperationException error) when (error.Message.Contains("diverged", StringComparison.Ordinal) && error.Message.Contains("learning rate", StringComparison.Ordinal))
            {
            }
            catch (Exception error)
            {
                violations.Add($"{what}: {error}");
            }
            if (tensors.Left() is > 0 and var left)
            {
                violations.Add($"{what}: {left} tensors are left");
            }
            // What is in the checkpoint, if there is one, are weights of before.
            s_poisoned = 0;
            try
            {
                string after = Fitted(ml, options =>
                {
                    Own(options);
                    options.CheckpointFolder = folder;
                });
                if (after != expected)
                {
                    violations.Add($"{what}: from the checkpoint training goes on to other bits");
                }
            }
            catch (Exception error)
            {
                violations.Add($"{what}, and from the checkpoint: {error}");
            }
            Directory.Delete(folder, recursive: true);
        }
        return new Outcome($"A gradient is NaN while the loss is finite: {name}, with checkpoints", places.Length, "InvalidOperationException with advice; the checkpoint is of before, and goes on to the right bits", violations);
    }

    private static Outcome Rates(Effort effort)
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(effort.Seed);
        List<string> violations = [];
        int tries = effort.Of(12, 500);
        int diverged = 0;
        for (int i = 0; i < tries; i++)
        {
            double rate = 1 - random.NextDouble();
            int kind = random.Next(s_kinds.Length);
            try
            {
                string bits = Fitted(ml, options =>
                {
                    s_kinds[kind].Change(options);
                    options.LearningRate = rate;
                });
                if (bits.Contains("NaN", StringComparison.Ordinal))
                {
                    violations.Add(string.Create(CultureInfo.InvariantCulture, $"learning rate {rate}, {s_kinds[kind].Name}: {bits}"));
                }
            }
            catch (InvalidOperationException error) when (error.Message.Contains("diverged", StringComparison.Ordinal))
            {
                diverged++;
            }
            catch (Exception error)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"learning rate {rate}, {s_kinds[kind].Name}: {error}"));
            }
        }
        return new Outcome("Learning rates up to 1, the largest that is allowed", tries, $"InvalidOperationException with advice {diverged} times, else a model whose weights are finite", violations);
    }

    private static string Fitted(MLContext ml, Action<VaeEstimator.Options> change)
    {
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Work.Options(change)).Fit(Work.Rows(ml, 300, 1));
        var rows = new float[model.InputSize];
        model.Decode(new float[model.LatentDimension], [1], rows);
        return string.Join(' ', rows.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
    }

    /// <summary>A linear layer whose gradient is NaN in one step: what is added is 0, and its derivative is infinity times 0.</summary>
    private sealed class Poisoned : nn.Module<Tensor, Tensor>
    {
        private readonly Linear layer;

        public Poisoned(long inputs, long outputs)
            : base(nameof(Poisoned))
        {
            layer = nn.Linear(inputs, outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor said = layer.call(input);
            return training && ++s_steps == s_poisoned ? said + (said * 0).abs().sqrt() : said;
        }
    }
}
