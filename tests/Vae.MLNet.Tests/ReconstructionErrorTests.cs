using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>How far reconstructions are off, recomputed from the reconstruction columns in the columns' own types.</summary>
public sealed class ReconstructionErrorTests
{
    private static readonly string[] s_columns = ["Whole", "Kind", "Time", "Skewed", "Flag", "Pair", "Level", "Share", "Blurred"];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void They_are_those_of_the_reconstruction_columns_in_units_over_what_is_there()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Case.Make(1500));
        using VaeTransformer model = Fit(data);
        Case[] rows = Case.Make(700, seed: 2);
        IDataView test = _ml.Data.LoadFromEnumerable(rows);
        IDataView said = model.Transform(test);
        IReadOnlyList<VaeColumnError> errors = _ml.Model.EvaluateVariationalAutoencoder(model, test, 1).ReconstructionErrors;

        Assert.Equal(s_columns, errors.Select(error => error.ColumnName));
        void AssertNumbers(string column, IEnumerable<(double Truth, double Said)> pairs)
        {
            double expected = Math.Sqrt(pairs.Where(pair => !double.IsNaN(pair.Truth)).Average(pair => Math.Pow(pair.Truth - pair.Said, 2)));
            VaeColumnError error = errors.Single(each => each.ColumnName == column);
            Assert.False(error.IsErrorRate);
            Assert.True(Math.Abs(expected - error.Error) <= 2e-3 * expected && expected > 0, $"{column}: {error.Error} where {expected} was expected");
        }

        void AssertRate(string column, IEnumerable<bool> isWrong)
        {
            VaeColumnError error = errors.Single(each => each.ColumnName == column);
            Assert.True(error.IsErrorRate);
            Assert.Equal(isWrong.Average(each => each ? 1.0 : 0), error.Error, 1e-9);
            Assert.InRange(error.Error, 0.001, 0.5);
        }

        AssertNumbers("Whole", rows.Zip(said.ValuesOf<int>("WholeSaid"), (row, value) => ((double)row.Whole, (double)value)));
        AssertNumbers("Time", rows.Zip(said.ValuesOf<double>("TimeSaid"), (row, value) => (row.Time, value)));
        AssertNumbers("Skewed", rows.Zip(said.ValuesOf<float>("SkewedSaid"), (row, value) => ((double)row.Skewed, (double)value)));
        AssertNumbers("Pair", rows.Zip(said.VectorsOf("PairSaid"), (row, value) => row.Pair.Zip(value, (truth, of) => ((double)truth, (double)of))).SelectMany(pairs => pairs));
        AssertNumbers("Level", rows.Zip(said.ValuesOf<byte>("LevelSaid"), (row, value) => ((double)row.Level, (double)value)));
        AssertNumbers("Share", rows.Zip(said.ValuesOf<float>("ShareSaid"), (row, value) => ((double)row.Share, (double)value)));
        AssertRate("Flag", rows.Zip(said.ValuesOf<bool>("FlagSaid"), (row, value) => row.Flag != value));
        AssertRate("Blurred", rows.Zip(said.ValuesOf<bool>("BlurredSaid"), (row, value) => row.Blurred != value));
        AssertRate("Kind", rows.Zip(said.ValuesOf<uint>("KindSaid")).Where(pair => pair.First.Kind != Case.NoKind).Select(pair => pair.First.Kind + 1 != pair.Second));
    }

    [Fact]
    public void What_training_took_for_constant_is_off_by_as_much_as_it_is_not()
    {
        OddRow[] rows = OddRow.Make(100);
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.InputColumns = ["Weight", "Number"];
            options.ReconstructionColumnName = null;
        });
        VaeColumnError Error() => _ml.Model.EvaluateVariationalAutoencoder(model, _ml.Data.LoadFromEnumerable(rows), 1).ReconstructionErrors[0];
        Assert.Equal(new VaeColumnError("Weight", 0, IsErrorRate: false), Error());
        Array.ForEach(rows, row => row.Weight = 5);
        Assert.Equal(new VaeColumnError("Weight", 4, IsErrorRate: false), Error());
    }

    [Fact]
    public void A_column_of_holes_only_has_no_error()
    {
        using VaeTransformer model = Fit(_ml.Data.LoadFromEnumerable(Case.Make(300)));
        Case[] empty = [.. Case.Make(300).Select(row => row with { Skewed = float.NaN, Kind = Case.NoKind, Pair = [float.NaN, float.NaN] })];
        IReadOnlyList<VaeColumnError> errors = _ml.Model.EvaluateVariationalAutoencoder(model, _ml.Data.LoadFromEnumerable(empty), 1).ReconstructionErrors;
        Assert.All(errors, error => Assert.Equal(error.ColumnName is "Skewed" or "Kind" or "Pair", double.IsNaN(error.Error)));
    }

    private VaeTransformer Fit(IDataView data) => TestRows.Fit(_ml, data, options =>
    {
        options.InputColumns =
        [
            "Whole", "Kind", "Time", new("Skewed") { Scaling = VaeScaling.Quantile }, "Flag", "Pair", "Level", new("Share") { Likelihood = VaeLikelihood.Bernoulli },
            new("Blurred") { Likelihood = VaeLikelihood.Gaussian },
        ];
        options.ReconstructionColumnName = null;
        options.ReconstructionColumnSuffix = "Said";
        (options.NumberOfEpochs, options.LearningRate) = (15, 0.01);
    });

    /// <summary>All follow from a hidden number with some noise; a tenth of what can be missing is.</summary>
    private sealed record Case
    {
        // Keys count from 0 in objects; what is no key there is key 0, missing, in the view.
        public const uint NoKind = uint.MaxValue;

        /// <summary>Is off by less than 1: its reconstruction is rounded.</summary>
        public int Whole { get; set; }

        [KeyType(3)]
        public uint Kind { get; set; }

        /// <summary>A large mean beside its spread: single precision would not tell two of them apart.</summary>
        public double Time { get; set; }

        public float Skewed { get; set; }

        public bool Flag { get; set; }

        public bool Blurred { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = new float[2];

        /// <summary>Has many values at both ends of its type's range.</summary>
        public byte Level { get; set; }

        public float Share { get; set; }

        public static Case[] Make(int count, int seed = 1)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ =>
            {
                double hidden = random.NextNormal();
                double Noisy() => hidden + 0.2 * random.NextNormal();
                float Holed(double value) => random.Next(10) == 0 ? float.NaN : (float)value;
                return new Case
                {
                    Whole = (int)Math.Round(2 * Noisy()),
                    Kind = random.Next(10) == 0 ? NoKind : Noisy() switch { < -0.5 => 0u, < 0.5 => 1u, _ => 2u },
                    Time = 1.6e9 + 10 * Noisy(),
                    Skewed = Holed(Math.Exp(Noisy())),
                    Flag = Noisy() > 0,
                    Blurred = Noisy() > 0.5,
                    Pair = [Holed(Noisy()), Holed(100 * Noisy())],
                    Level = (byte)Math.Clamp(128 + 150 * Noisy(), 0, 255),
                    Share = (float)(1 / (1 + Math.Exp(-Noisy()))),
                };
            })];
        }
    }
}
