using Microsoft.ML;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Tests;

/// <summary>What the settings of the training loop do: step sizes, clipping, decay, and what the encoder is shown.</summary>
public sealed class TrainingLoopTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void The_step_size_stays_rises_or_falls_as_the_schedule_says()
    {
        const int epochs = 10;
        const double rate = 0.004;
        double[] Rates(VaeLearningRateSchedule schedule, int warmUp)
        {
            using VaeTransformer model = Estimator(options =>
                (options.NumberOfEpochs, options.LearningRate, options.LearningRateSchedule, options.LearningRateWarmUpEpochs) = (epochs, rate, schedule, warmUp)).Fit(_ml.View(50));
            return [.. model.History.Select(epoch => epoch.LearningRate)];
        }

        void AssertRates(Func<int, double> expected, double[] actual) => Assert.All(Enumerable.Range(1, epochs), epoch => Assert.Equal(expected(epoch), actual[epoch - 1], 1e-12));

        AssertRates(_ => rate, Rates(VaeLearningRateSchedule.Constant, 0));
        AssertRates(epoch => rate * Math.Min(1, epoch / 4.0), Rates(VaeLearningRateSchedule.Constant, 4));
        AssertRates(epoch => rate / 2 * (1 + Math.Cos(Math.PI * epoch / epochs)), Rates(VaeLearningRateSchedule.Cosine, 0));
        AssertRates(epoch => epoch <= 3 ? rate * epoch / 3 : rate / 2 * (1 + Math.Cos(Math.PI * (epoch - 3) / (epochs - 3))), Rates(VaeLearningRateSchedule.Cosine, 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_step_size_halves_after_five_epochs_without_a_better_elbo(bool validates)
    {
        using VaeTransformer model = Estimator(options =>
            (options.NumberOfEpochs, options.LearningRate, options.LearningRateSchedule, options.ValidationFraction) = (60, 0.2, VaeLearningRateSchedule.Plateau, validates ? 0.3 : null)).Fit(_ml.View(100));
        double rate = 0.2;
        double best = double.NegativeInfinity;
        int since = 0;
        foreach (VaeProgress epoch in model.History)
        {
            Assert.Equal(rate, epoch.LearningRate, 1e-12);
            double elbo = validates ? epoch.ValidationElbo!.Value : epoch.Elbo;
            since = elbo > best ? 0 : since + 1;
            best = Math.Max(best, elbo);
            if (since == 5)
            {
                (rate, since) = (rate / 2, 0);
            }
        }
        Assert.True(rate < 0.2 && rate > 0.2 / 1000, $"the last step size is {rate}");
    }

    [Fact]
    public void The_optimiser_takes_the_scheduled_steps()
    {
        // Adam's steps are about as long as its rate: over a warm-up of all epochs but one, half as long on average.
        double Way(Action<VaeEstimator.Options> change) => Distance(Tensors(options => (options.NumberOfEpochs, options.LearningRate) = (1, 1e-12)), Tensors(options =>
        {
            (options.NumberOfEpochs, options.LearningRate) = (20, 1e-4);
            change(options);
        }));

        double constant = Way(_ => { });
        Assert.InRange(Way(options => options.LearningRateWarmUpEpochs = 19) / constant, 0.4, 0.65);
        Assert.InRange(Way(options => options.LearningRateSchedule = VaeLearningRateSchedule.Cosine) / constant, 0.4, 0.65);
    }

    [Fact]
    public void Gradients_are_clipped_to_the_limit()
    {
        double Way(double? clipping) => Distance(Tensors(options => options.LearningRate = 1e-12), Tensors(options => options.GradientClipping = clipping));

        double free = Way(null);
        Assert.Equal(free, Way(1e9));
        // Adam makes every step as long as its rate, until gradients are far below its epsilon of 1e-8.
        Assert.True(Way(1e-11) < 0.01 * free, $"{Way(1e-11)} of {free}");
    }

    [Fact]
    public void Clipping_keeps_a_few_extreme_rows_from_spoiling_the_others()
    {
        TestRow[] rows = TestRows.Make(1000);
        for (int row = 0; row < rows.Length; row += 200)
        {
            rows[row].Features[0] = 100;
        }
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        double MedianScore(double? clipping)
        {
            using VaeTransformer model = Estimator(options =>
            {
                (options.InputColumns, options.ReconstructionColumnName, options.Noise) = ([new("Features") { Scaling = VaeScaling.None }], null, VaeNoise.Fixed(0.1));
                (options.Seed, options.GradientClipping, options.NumberOfEpochs, options.LearningRate, options.Network) = (1, clipping, 20, 5e-3, new VaeNetwork.Dense(32) { Activation = VaeActivation.ReLU });
            }).Fit(data);
            return model.Transform(data).Values<float>("Score").Order().ElementAt(500);
        }

        double free = MedianScore(null);
        double clipped = MedianScore(1);
        Assert.True(clipped < free / 3, $"{clipped} against {free}");
    }

    [Fact]
    public void Weight_decay_shrinks_weights_and_nothing_else()
    {
        // Steps of Adam that are next to nothing, and 3 steps of decay by a tenth.
        (string Name, float[] Values, int Dimensions)[] plain = Tensors(options => (options.LearningRate, options.BatchSize) = (1e-9, 100));
        (string Name, float[] Values, int Dimensions)[] decayed = Tensors(options => (options.LearningRate, options.BatchSize, options.WeightDecay) = (1e-9, 100, 1e8));
        Assert.Contains(plain, tensor => tensor.Dimensions > 1);
        for (int index = 0; index < plain.Length; index++)
        {
            float factor = plain[index].Dimensions > 1 ? 0.9f * 0.9f * 0.9f : 1;
            Assert.All(plain[index].Values.Zip(decayed[index].Values), pair => Assert.Equal(factor * pair.First, pair.Second, 1e-6f));
        }
    }

    [Fact]
    public void A_warm_up_of_the_kl_divergence_lets_the_latent_say_more_at_first()
    {
        double[] Kl(VaeKlWarmUp? warmUp)
        {
            using VaeTransformer model = Estimator(options => (options.NumberOfEpochs, options.LearningRate, options.Objective) = (20, 3e-3, new VaeObjective.Elbo { WarmUp = warmUp })).Fit(_ml.View(600));
            return [.. model.History.Select(epoch => epoch.Kl)];
        }

        double[] plain = Kl(null);
        double[] warmed = Kl(VaeKlWarmUp.Linear(10));
        Assert.True(warmed.Take(5).Average() > 1.2 * plain.Take(5).Average(), $"{warmed.Take(5).Average()} against {plain.Take(5).Average()}");
        Assert.Equal(plain[^1], warmed[^1], 0.5);
    }

    [Fact]
    public void Noise_on_the_input_teaches_to_denoise()
    {
        TestRow[] clean = TestRows.Make(600, seed: 4);
        var random = new Random(5);
        // About one standard deviation of each column.
        double[] deviations = [0.29, 0.29, 0.22, 2.9, 0.29, 0.41];
        TestRow[] noisy = [.. clean.Select(row => new TestRow { Features = [.. row.Features.Select((value, slot) => (float)(value + deviations[slot] * Normal(random)))] })];
        double Error(double inputNoise)
        {
            using VaeTransformer model = Learned(options => options.InputNoise = inputNoise);
            return SquaredError(clean, _ml.Outputs(model.Transform(_ml.Data.LoadFromEnumerable(noisy))), deviations, _ => true);
        }

        double without = Error(0);
        double with = Error(1);
        Assert.True(with < 0.8 * without, $"{with} against {without}");
    }

    [Fact]
    public void Hiding_values_teaches_to_tell_them_from_the_others()
    {
        TestRow[] clean = TestRows.Make(600, seed: 4);
        double[] deviations = [0.29, 0.29, 0.22, 2.9, 0.29, 0.41];
        TestRow[] holes = [.. clean.Select((row, index) => new TestRow { Features = [.. row.Features.Select((value, slot) => slot == index % 6 ? float.NaN : value)] })];
        double Error(double maskingRate)
        {
            using VaeTransformer model = Learned(options => options.MaskingRate = maskingRate);
            return SquaredError(clean, _ml.Outputs(model.Transform(_ml.Data.LoadFromEnumerable(holes))), deviations, cell => cell.Slot == cell.Row % 6);
        }

        // So seldom that it never happens.
        double without = Error(1e-9);
        double with = Error(0.3);
        Assert.True(with < 0.5 * without, $"{with} against {without}");
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double SquaredError(TestRow[] rows, TestOutput[] outputs, double[] deviations, Func<(int Row, int Slot), bool> counts) => (
        from row in Enumerable.Range(0, rows.Length)
        from slot in Enumerable.Range(0, TestRow.FeatureCount)
        where counts((row, slot))
        select Math.Pow((rows[row].Features[slot] - outputs[row].Reconstruction[slot]) / deviations[slot], 2)).Average();

    private VaeTransformer Learned(Action<VaeEstimator.Options> change) => Estimator(options =>
    {
        (options.NumberOfEpochs, options.LearningRate, options.Network) = (30, 5e-3, new VaeNetwork.Dense(32));
        change(options);
    }).Fit(_ml.View(1000));

    private VaeEstimator Estimator(Action<VaeEstimator.Options>? change = null) => _ml.Transforms.VariationalAutoencoder(TestRows.Options(change));

    // The learned tensors of a small model, by name.
    private (string Name, float[] Values, int Dimensions)[] Tensors(Action<VaeEstimator.Options> change)
    {
        using VaeTransformer model = Estimator(change).Fit(_ml.View(100));
        return [.. Safetensors.Read(Weights(model)).Tensors.Where(each => each.Value.Type == Safetensors.Float32).OrderBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => (each.Key, each.Value.ToArray<float>(), each.Value.Shape.Length))];
    }

    private static double Distance((string Name, float[] Values, int Dimensions)[] first, (string Name, float[] Values, int Dimensions)[] second) =>
        Math.Sqrt(first.Zip(second).Sum(pair => pair.First.Values.Zip(pair.Second.Values).Sum(values => Math.Pow(values.First - values.Second, 2))));

    private static byte[] Weights(VaeTransformer model) => ModelPayload.Write(model).Weights;
}
