using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Vae.MLNet.Tests;

/// <summary>Counts, proportions and outliers: each kind of number has a likelihood that knows what it is.</summary>
public sealed class CountsTests
{
    private const int Words = 15;
    private const int Topics = 3;

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public CountsTests() => _ml.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Warning)
        {
            _warnings.Add(entry.Message);
        }
    };

    [Theory]
    [InlineData(VaeLikelihood.Multinomial)]
    [InlineData(VaeLikelihood.Poisson)]
    public void Latents_tell_the_topic_of_a_document(VaeLikelihood likelihood)
    {
        Document[] train = Documents(300, seed: 1);
        Document[] test = Documents(150, seed: 2);
        using VaeTransformer model = FitWords(train, likelihood);
        float[][] centroids = [.. Enumerable.Range(0, Topics).Select(topic =>
        {
            float[][] of = [.. model.Transform(View(train)).VectorsOf("Latent").Where((_, index) => train[index].Topic == topic)];
            return (float[])[.. Enumerable.Range(0, of[0].Length).Select(slot => of.Average(latent => latent[slot]))];
        })];
        float[][] latents = model.Transform(View(test)).VectorsOf("Latent");
        double right = test.Zip(latents).Average(pair => Enumerable.Range(0, Topics).MinBy(topic => Distance(centroids[topic], pair.Second)) == pair.First.Topic ? 1.0 : 0);
        Assert.True(right > 0.95, $"{right:P1} of the documents are nearest to their topic");
    }

    [Fact]
    public void A_bag_of_words_comes_back_with_its_total()
    {
        using VaeTransformer model = FitWords(Documents(300, seed: 1), VaeLikelihood.Multinomial);
        // Longer ones than any in training, an empty one, and one of one word.
        Document[] test = [.. Documents(50, seed: 2), .. Documents(10, seed: 3, length: 5000), new Document(), new Document { Words = [1, .. new float[Words - 1]] }];
        float[][] back = model.Transform(View(test)).VectorsOf("Again");
        foreach ((Document document, float[] again) in test.Zip(back))
        {
            double total = document.Words.Sum();
            Assert.Equal(total, again.Sum(value => (double)value), 1e-4 * (1 + total));
            Assert.All(again, value => Assert.True(value >= 0));
        }
        // And as the topic divides it up: better than by the proportions of all documents.
        double[] shares = [.. Enumerable.Range(0, Words).Select(word => test.Sum(document => (double)document.Words[word]))];
        double error = test.Zip(back).Sum(pair => Distance(pair.First.Words, pair.Second));
        double ofShares = test.Sum(document => Distance(document.Words, [.. shares.Select(share => (float)(document.Words.Sum() * share / shares.Sum()))]));
        Assert.True(error < 0.2 * ofShares, $"squared error {error}, by the proportions of all {ofShares}");
    }

    [Theory]
    [InlineData(VaeLikelihood.Multinomial)]
    [InlineData(VaeLikelihood.Poisson)]
    public void Shuffled_words_score_higher_than_those_of_a_topic(VaeLikelihood likelihood)
    {
        using VaeTransformer model = FitWords(Documents(300, seed: 1), likelihood);
        Document[] test = Documents(100, seed: 2);
        var random = new Random(3);
        Document[] shuffled = [.. test.Select(document =>
        {
            float[] words = [.. document.Words];
            random.Shuffle(words);
            return new Document { Words = words };
        })];
        float[] known = model.Transform(View(test)).ValuesOf<float>("Score");
        float[] strange = model.Transform(View(shuffled)).ValuesOf<float>("Score");
        Assert.True(strange.Average() > known.Average() + 10, $"{known.Average()} of topics, {strange.Average()} shuffled");
        Assert.True(known.Zip(strange).Average(pair => pair.Second > pair.First ? 1.0 : 0) > 0.95);
    }

    [Fact]
    public void The_score_of_counts_is_a_probability()
    {
        // Independent Poisson columns have no latent to find: the best model is the columns' own distribution, whose entropy is known.
        double[] rates = [0.5, 3, 12];
        var random = new Random(4);
        CountRow[] rows = [.. Enumerable.Range(0, 3000).Select(_ => new CountRow { Few = Poisson(random, rates[0]), Some = (int)Poisson(random, rates[1]), Many = Poisson(random, rates[2]) })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = Fit(data, options =>
        {
            options.InputColumns = ["Few", "Some", "Many"];
            options.Likelihood = VaeLikelihood.Poisson;
            options.ReconstructionColumnName = null;
            options.NumberOfEpochs = 8;
        });
        double entropy = rates.Sum(rate => Enumerable.Range(0, 100).Sum(count =>
        {
            double log = count * Math.Log(rate) - rate - Enumerable.Range(1, count).Sum(each => Math.Log(each));
            return -Math.Exp(log) * log;
        }));
        Assert.Equal(entropy, model.Transform(data).ValuesOf<float>("Score").Average(), 0.1);
    }

    [Theory]
    [InlineData(VaeLikelihood.Poisson, 2.5f, "found 2.5")]
    [InlineData(VaeLikelihood.Poisson, -1f, "found -1")]
    [InlineData(VaeLikelihood.Poisson, 1e9f, "found 1E+09")]
    [InlineData(VaeLikelihood.Poisson, float.PositiveInfinity, "found Infinity")]
    [InlineData(VaeLikelihood.Multinomial, 0.5f, "found 0.5")]
    [InlineData(VaeLikelihood.Multinomial, -3f, "found -3")]
    [InlineData(VaeLikelihood.Multinomial, float.NaN, "found NaN")]
    public void What_is_no_count_is_named_with_its_row_and_slot(VaeLikelihood likelihood, float value, string said)
    {
        Document[] bad = Documents(30, seed: 1);
        bad[17].Words[4] = value;
        void AssertNamed(Action action)
        {
            string message = Assert.Throws<InvalidOperationException>(action).Message;
            Assert.Contains("Column 'Words', row 17, slot 4", message);
            Assert.Contains(said, message);
        }

        AssertNamed(() => FitWords(bad, likelihood));
        using VaeTransformer model = FitWords(Documents(30, seed: 1), likelihood, epochs: 1);
        AssertNamed(() => model.Transform(View(bad)).ValuesOf<float>("Score"));
    }

    [Fact]
    public void A_scalar_that_is_no_count_is_named_with_its_row()
    {
        CountRow[] rows = [.. Enumerable.Range(0, 20).Select(index => new CountRow { Few = index % 3, Some = index, Many = index })];
        rows[7].Many = 0.25;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Fit(_ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.InputColumns = ["Few", new("Many") { Likelihood = VaeLikelihood.Poisson }];
            options.ReconstructionColumnName = null;
        }));
        Assert.Contains("Column 'Many', row 7: found 0.25, wanted a whole number from 0", error.Message);
    }

    [Fact]
    public void A_row_far_from_all_others_has_a_finite_score()
    {
        using VaeTransformer model = FitWords(Documents(300, seed: 1), VaeLikelihood.Poisson);
        Document far = new() { Words = [.. Enumerable.Repeat(16_000_000f, Words)] };
        Assert.All(model.Transform(View([far])).ValuesOf<float>("Score"), score => Assert.True(score > 1e6 && float.IsFinite(score), $"{score}"));
    }

    [Fact]
    public void A_count_may_be_missing_if_it_has_no_total()
    {
        Document[] rows = Documents(300, seed: 1);
        var random = new Random(6);
        Document[] holed = [.. rows.Select(row => new Document { Topic = row.Topic, Words = [.. row.Words.Select(count => random.NextDouble() < 0.2 ? float.NaN : count)] })];
        using VaeTransformer model = FitWords(holed, VaeLikelihood.Poisson, change: options => options.ImputedColumnSuffix = "Filled");
        IDataView seen = model.Transform(View(holed));
        Assert.All(seen.ValuesOf<float>("Score"), score => Assert.True(float.IsFinite(score)));
        float[][] filled = seen.VectorsOf("WordsFilled");
        double[] means = [.. Enumerable.Range(0, Words).Select(word => rows.Average(row => (double)row.Words[word]))];
        (double error, double ofMeans) = (0, 0);
        for (int row = 0; row < rows.Length; row++)
        {
            foreach (int word in Enumerable.Range(0, Words).Where(word => float.IsNaN(holed[row].Words[word])))
            {
                error += Math.Pow(filled[row][word] - rows[row].Words[word], 2);
                ofMeans += Math.Pow(means[word] - rows[row].Words[word], 2);
            }
        }
        Assert.True(error < 0.5 * ofMeans, $"squared error {error}, of the columns' means {ofMeans}");
    }

    [Theory]
    [InlineData(VaeLikelihood.Gaussian, true)]
    [InlineData(VaeLikelihood.StudentT, true)]
    [InlineData(VaeLikelihood.Laplace, true)]
    [InlineData(VaeLikelihood.ContinuousBernoulli, true)]
    [InlineData(VaeLikelihood.Bernoulli, false)]
    [InlineData(VaeLikelihood.Poisson, false)]
    public void A_density_on_zeros_and_ones_is_warned_of(VaeLikelihood likelihood, bool warns)
    {
        CountRow[] rows = [.. Enumerable.Range(0, 40).Select(index => new CountRow { Few = index % 2, Many = index * 0.5 })];
        using VaeTransformer model = Fit(_ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.InputColumns = [new("Few") { Likelihood = likelihood }, "Many"];
            options.ReconstructionColumnName = null;
            options.NumberOfEpochs = 1;
        });
        Assert.Equal(warns, _warnings.Any(message => message.Contains($"Column 'Few' has no other values than 0 and 1: the likelihood Bernoulli is made for them; it is set to {likelihood}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Heavy_tails_resist_outliers()
    {
        TestRow[] clean = TestRows.Make(500);
        var random = new Random(8);
        bool[][] isHit = [.. clean.Select(row => (bool[])[.. row.Features.Select(_ => random.NextDouble() < 0.05)])];
        TestRow[] dirty = [.. clean.Select((row, index) => new TestRow { Features = [.. row.Features.Select((value, slot) => isHit[index][slot] ? 50 * value : value)] })];
        double[] deviations = [.. Enumerable.Range(0, TestRow.FeatureCount).Select(slot =>
        {
            double mean = clean.Average(row => (double)row.Features[slot]);
            return Math.Sqrt(clean.Average(row => Math.Pow(row.Features[slot] - mean, 2)));
        })];
        double MedianError(VaeLikelihood likelihood)
        {
            IDataView data = _ml.Data.LoadFromEnumerable(dirty);
            using VaeTransformer model = Fit(data, options =>
            {
                options.InputColumnName = "Features";
                options.Likelihood = likelihood;
            });
            float[][] back = model.Transform(data).VectorsOf("Again");
            double[] errors = [.. Enumerable.Range(0, clean.Length).SelectMany(row => Enumerable.Range(0, TestRow.FeatureCount).Where(slot => !isHit[row][slot])
                .Select(slot => Math.Abs(back[row][slot] - clean[row].Features[slot]) / deviations[slot])).Order()];
            return errors[errors.Length / 2];
        }

        double gaussian = MedianError(VaeLikelihood.Gaussian);
        double studentT = MedianError(VaeLikelihood.StudentT);
        double laplace = MedianError(VaeLikelihood.Laplace);
        Assert.True(studentT < 0.7 * gaussian && laplace < 0.7 * gaussian, $"median errors: Gaussian {gaussian}, Student-t {studentT}, Laplace {laplace} standard deviations");
    }

    [Fact]
    public void The_continuous_Bernoulli_of_uniform_values_is_worth_nothing()
    {
        // The uniform density is 1 everywhere: 0 nats. The plain Bernoulli's is not a density, and says log 2 per number.
        var random = new Random(9);
        Document[] rows = [.. Enumerable.Range(0, 600).Select(_ => new Document { Words = [.. Enumerable.Range(0, Words).Select(_ => random.NextSingle())] })];
        double Mean(VaeLikelihood likelihood)
        {
            using VaeTransformer model = FitWords(rows, likelihood, epochs: 5);
            return model.Transform(View(rows)).ValuesOf<float>("Score").Average();
        }

        Assert.Equal(0, Mean(VaeLikelihood.ContinuousBernoulli), 0.15);
        Assert.Equal(Words * Math.Log(2), Mean(VaeLikelihood.Bernoulli), 0.15);
    }

    // Each topic speaks mostly with five words of its own.
    private static Document[] Documents(int count, int seed, int length = 40)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var document = new Document { Topic = index % Topics };
            int words = length / 2 + random.Next(length);
            for (int word = 0; word < words; word++)
            {
                document.Words[random.NextDouble() < 0.8 ? document.Topic * 5 + random.Next(5) : random.Next(Words)]++;
            }
            return document;
        })];
    }

    // By the time between events (Knuth, 1969).
    private static float Poisson(Random random, double rate)
    {
        int count = -1;
        for (double left = 1; left > Math.Exp(-rate); left *= 1 - random.NextDouble())
        {
            count++;
        }
        return count;
    }

    private static double Distance(float[] a, float[] b) => a.Zip(b).Sum(pair => Math.Pow(pair.First - pair.Second, 2));

    private IDataView View(Document[] documents) => _ml.Data.LoadFromEnumerable(documents);

    private VaeTransformer FitWords(Document[] documents, VaeLikelihood likelihood, int epochs = 15, Action<VaeEstimator.Options>? change = null) => Fit(View(documents), options =>
    {
        options.InputColumnName = "Words";
        options.Likelihood = likelihood;
        options.NumberOfEpochs = epochs;
        change?.Invoke(options);
    });

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            ReconstructionColumnName = "Again",
            ScoreColumnName = "Score",
            LatentDimension = 3,
            Network = new VaeNetwork.Dense(24),
            NumberOfEpochs = 20,
            BatchSize = 30,
            LearningRate = 5e-3,
            Seed = 7,
        };
        change(options);
        return _ml.Transforms.VariationalAutoencoder(options).Fit(data);
    }

    private sealed class Document
    {
        [VectorType(CountsTests.Words)]
        public float[] Words { get; set; } = new float[CountsTests.Words];

        [NoColumn]
        public int Topic { get; set; }
    }

    private sealed class CountRow
    {
        public float Few { get; set; }

        public int Some { get; set; }

        public double Many { get; set; }
    }
}
