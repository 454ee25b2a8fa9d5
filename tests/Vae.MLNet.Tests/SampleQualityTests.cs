using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;
using Vae.MLNet.Sampling.Quality;

namespace Vae.MLNet.Tests;

/// <summary>What is measured of samples, against values worked out by hand and plain loops.</summary>
public sealed class SampleQualityTests
{
    private const double Missing = double.NaN;

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 4, 2, 1, 3 }, 1)]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 5, 6, 7 }, 0)]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 3, 4, 5, 6 }, 0.5)]
    // Ties go up at once.
    [InlineData(new double[] { 0, 0, 0, 1 }, new double[] { 0, 1, 1, 1 }, 0.5)]
    [InlineData(new double[] { 7, 7, 7 }, new double[] { 7 }, 1)]
    [InlineData(new double[] { 1, 2, 3 }, new double[] { 2 }, 2 / 3.0)]
    [InlineData(new double[] { 1, Missing, 2, Missing }, new double[] { 2, 1 }, 1)]
    [InlineData(new double[] { double.NegativeInfinity, 0, double.PositiveInfinity }, new double[] { 0, 1, double.PositiveInfinity }, 2 / 3.0)]
    [InlineData(new double[] { 0 }, new double[] { -0.0 }, 1)]
    [InlineData(new double[] { Missing, Missing }, new double[] { 1, 2 }, Missing)]
    [InlineData(new double[] { 1, 2 }, new double[] { Missing }, Missing)]
    public void Numbers_are_compared_by_the_largest_distance_of_their_distribution_functions(double[] real, double[] sampled, double wanted)
    {
        Assert.Equal(wanted, ColumnSimilarities.KolmogorovSmirnov(real, sampled), 1e-12);
        Assert.Equal(wanted, ColumnSimilarities.KolmogorovSmirnov(sampled, real), 1e-12);
    }

    [Fact]
    public void The_distance_is_that_of_a_plain_loop_over_all_values()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 20; trial++)
        {
            double[] real = [.. Enumerable.Range(0, 3 + 7 * trial).Select(_ => random.Next(10) == 0 ? Missing : Math.Round(random.NextNormal(), trial % 3))];
            double[] sampled = [.. Enumerable.Range(0, 100).Select(_ => Math.Round(random.NextNormal() * 1.3 + 0.2, trial % 3))];
            double[] present = [.. real.Where(value => !double.IsNaN(value))];
            double wanted = 1 - present.Concat(sampled).Max(at => Math.Abs(present.Count(value => value <= at) / (double)present.Length - sampled.Count(value => value <= at) / (double)sampled.Length));
            Assert.Equal(wanted, ColumnSimilarities.KolmogorovSmirnov(real, sampled), 1e-12);
        }
    }

    [Theory]
    [InlineData("aabc", "abbd", 0.5)]
    [InlineData("abc", "cab", 1)]
    [InlineData("aa", "bcbc", 0)]
    [InlineData("ab", "a", 0.5)]
    [InlineData("aaab", "aaaaaaaaab", 0.85)]
    public void Categories_are_compared_by_half_the_sum_of_the_distances_of_their_frequencies(string real, string sampled, double wanted)
    {
        Assert.Equal(wanted, ColumnSimilarities.TotalVariation([.. real], [.. sampled]), 1e-12);
        Assert.Equal(wanted, ColumnSimilarities.TotalVariation([.. sampled], [.. real]), 1e-12);
    }

    [Fact]
    public void Correlations_of_one_pair_are_compared_by_half_their_distance()
    {
        // r = 3 / 5, by hand; the other way round it is -3 / 5.
        SampleColumn[] real = [Number("x", 1, 2, 3, 4), Number("y", 2, 1, 4, 3)];
        SampleColumn[] flipped = [Number("x", 1, 2, 3, 4), Number("y", -2, -1, -4, -3)];
        SampleColumn[] perfect = [Number("x", 5, 7, 9, 11), Number("y", 1, 2, 3, 4)];
        Assert.Equal(1, PairSimilarities.Correlation(real, real), 1e-12);
        Assert.Equal(1 - 0.6, PairSimilarities.Correlation(real, flipped), 1e-12);
        Assert.Equal(1 - 0.4 / 2, PairSimilarities.Correlation(real, perfect), 1e-12);
        Assert.Equal(0, PairSimilarities.Correlation(perfect, [perfect[0], Number("y", 4, 3, 2, 1)]), 1e-12);
    }

    [Fact]
    public void Constants_and_categories_have_no_correlation()
    {
        SampleColumn[] real = [Number("x", 1, 2, 3, 4), Number("y", 2, 1, 4, 3), Number("c", 5, 5, 5, 5), Category("k", 0, 1, 0, 1), Number("tiny", 1e9, 1e9, 1e9, 1e9)];
        SampleColumn[] sampled = [Number("x", 5, 7, 9, 11), Number("y", 1, 2, 3, 4), Number("c", 1, 5, 2, 9), Category("k", 1, 1, 0, 1), Number("tiny", 1, 2, 1, 3)];
        Assert.Equal(0.8, PairSimilarities.Correlation(real, sampled), 1e-12);
        Assert.Equal(0.8, PairSimilarities.Correlation(sampled, real), 1e-12);
        Assert.Equal(Missing, PairSimilarities.Correlation([real[0], real[2], real[3]], [sampled[0], sampled[2], sampled[3]]));
        Assert.Equal(Missing, PairSimilarities.Correlation([real[0]], [sampled[0]]));
        Assert.Equal(Missing, PairSimilarities.Correlation([real[3]], [sampled[3]]));
        // Constant where the other is there.
        Assert.Equal(Missing, PairSimilarities.Correlation([Number("x", 1, 1, 2, 3), Number("y", 4, 5, Missing, Missing)], [sampled[0], sampled[1]]));
        // One that is missing altogether leaves the others.
        Assert.Equal(0.8, PairSimilarities.Correlation([.. real, Number("gone", Missing, Missing, Missing, Missing)], [.. sampled, Number("gone", 1, 2, 3, 5)]), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Correlations_are_those_of_a_plain_loop_over_rows_where_both_are_there(double offset)
    {
        var random = new Random(2);
        SampleColumn[] Make(int count, double slope)
        {
            double[] causes = [.. Enumerable.Range(0, count).Select(_ => slope * random.NextNormal())];
            return [.. Enumerable.Range(0, 4).Select(i => Number($"{i}", Array.ConvertAll(causes, cause => random.Next(5) == 0 && i > 0 ? Missing : offset + (i + 1) * cause + random.NextNormal())))];
        }

        SampleColumn[] real = Make(300, 1);
        SampleColumn[] sampled = Make(200, -0.3);
        double sum = 0;
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < i; j++)
            {
                sum += 1 - Math.Abs(Pearson(real[i].Values, real[j].Values) - Pearson(sampled[i].Values, sampled[j].Values)) / 2;
            }
        }
        Assert.Equal(sum / 6, PairSimilarities.Correlation(real, sampled), 1e-6);
    }

    [Fact]
    public void Two_categories_are_compared_by_their_table()
    {
        // Shares 2 1 / 0 1 of 4 against one each.
        SampleColumn[] real = [Category("a", 0, 0, 0, 1), Category("b", 0, 0, 1, 1)];
        SampleColumn[] sampled = [Category("a", 0, 0, 1, 1), Category("b", 0, 1, 0, 1)];
        Assert.Equal(0.75, PairSimilarities.Contingency(real, sampled), 1e-12);
        Assert.Equal(1, PairSimilarities.Contingency(real, real), 1e-12);
        // The same frequencies of each column, and no row in common.
        Assert.Equal(0, PairSimilarities.Contingency([Category("a", 0, 1), Category("b", 0, 1)], [Category("a", 0, 1), Category("b", 1, 0)]), 1e-12);
        // The average over three pairs: beside a constant there is the other column alone.
        Assert.Equal((0.75 + 0.75 + 1) / 3, PairSimilarities.Contingency([.. real, Category("c", 4, 4, 4, 4)], [sampled[0], sampled[1], Category("c", 4, 4, 4, 4)]), 1e-12);
    }

    [Fact]
    public void Pairs_of_numbers_are_left_to_the_correlation()
    {
        SampleColumn[] numbers = [Number("x", 1, 2), Number("y", 1, 2)];
        Assert.Equal(Missing, PairSimilarities.Contingency(numbers, numbers));
        Assert.Equal(Missing, PairSimilarities.Contingency([Category("a", 0, 1)], [Category("a", 0, 1)]));
        // Both pairs with the category are the same; that of the numbers is not counted.
        Assert.Equal(1, PairSimilarities.Contingency([.. numbers, Category("a", 0, 1)], [Number("x", 2, 1), Number("y", 2, 1), Category("a", 1, 0)]), 1e-12);
    }

    [Theory]
    // Edges 0, 1, ..., 10: a value on an edge belongs above it, and what is above the last is with the largest.
    [InlineData(new double[] { 0, 0.5, 1, 10 }, new double[] { 0.99, 1.0, -5, 11 }, 0.75)]
    [InlineData(new double[] { 0, 0.5, 9.99, 10 }, new double[] { 0.3, 0.999, 9, 1e9 }, 1)]
    [InlineData(new double[] { 0, 1, 2, 10 }, new double[] { 0.5, 1.5, 2.5, 9.999 }, 0.75)]
    // Edges 0, 0.1, 0.2, 3 x 0.1, which is just above 0.3, ...
    [InlineData(new double[] { 0, 0.3, 0.3, 1 }, new double[] { 0, 0.25, 0.29, 1 }, 1)]
    // A constant has the edges 4.5 to 5.5.
    [InlineData(new double[] { 5, 5, 5, 5 }, new double[] { 5.09, 5, 5, 4.9 }, 0.75)]
    // What is missing is in a place of its own.
    [InlineData(new double[] { 0, Missing, 10, 10 }, new double[] { Missing, Missing, 10, 10 }, 0.75)]
    public void Numbers_beside_a_category_are_put_into_ten_bins_of_the_real_range(double[] real, double[] sampled, double wanted)
    {
        double[] constant = new double[4];
        Assert.Equal(wanted, PairSimilarities.Contingency([Number("x", real), Category("k", constant)], [Number("x", sampled), Category("k", constant)]), 1e-12);
        Assert.Equal(wanted, PairSimilarities.Contingency([Category("k", constant), Number("x", real)], [Category("k", constant), Number("x", sampled)]), 1e-12);
    }

    [Theory]
    // Two training rows, one standard deviation from the mean.
    [InlineData(0, 0, 1)]
    [InlineData(10, 0, 1)]
    [InlineData(5, 1, 0)]
    [InlineData(2.5, 1 / 3.0, 0)]
    [InlineData(-10, 0.5, 0)]
    // A missing number is where the mean is.
    [InlineData(Missing, 1, 0)]
    public void A_copy_has_the_ratio_0_and_what_is_halfway_1(double value, double ratio, double copies)
    {
        using var neighbours = new NearestNeighbours([Number("x", 0, 10)]);
        (double Ratio, double Copies) found = neighbours.Of([Number("x", value)]);
        Assert.Equal(ratio, found.Ratio, 1e-6);
        Assert.Equal(copies, found.Copies);
    }

    [Fact]
    public void A_different_category_counts_as_one_standard_deviation()
    {
        using var neighbours = new NearestNeighbours([Number("x", 0, 2), Category("k", 0, 0)]);
        // Distances 1 and the root of 4 + 1; a category that training never saw is as different as any.
        Assert.Equal(1 / Math.Sqrt(5), neighbours.Of([Number("x", 0), Category("k", 1)]).Ratio, 1e-6);
        // x by its deviation, the root of 1 / 2: from (0, 3) it is 1 to (0, 0), and the root of 2 to both (1, 3).
        using var seen = new NearestNeighbours([Number("x", 0, 2, 1, 1), Category("k", 0, 0, 3, 3)]);
        Assert.Equal(1 / Math.Sqrt(2), seen.Of([Number("x", 0), Category("k", 3)]).Ratio, 1e-6);
        Assert.Equal(0, seen.Of([Number("x", 0), Category("k", 0)]).Ratio);
    }

    [Fact]
    public void Of_rows_that_are_there_twice_a_third_is_no_copy_of_one()
    {
        using var neighbours = new NearestNeighbours([Number("x", 0, 0, 10)]);
        Assert.Equal((1, 1), neighbours.Of([Number("x", 0)]));
        using var one = new NearestNeighbours([Number("x", 3)]);
        Assert.Equal((Missing, 1), one.Of([Number("x", 3)]));
    }

    [Fact]
    public void A_copy_is_one_value_by_value()
    {
        SampleColumn[] training = [Number("x", 1, 2, Missing, 0), Category("k", 0, 1, 0, 1)];
        using var neighbours = new NearestNeighbours(training);
        Assert.Equal(1, neighbours.Of(training).Copies);
        Assert.Equal(0, neighbours.Of([Number("x", 1, 2, Missing, 1.0000001), Category("k", 1, 0, 1, 0)]).Copies);
        Assert.Equal(0.5, neighbours.Of([Number("x", Missing, -0.0, 0, 2), Category("k", 0, 1, 0, 2)]).Copies);
    }

    [Fact]
    public void Distances_are_those_of_a_plain_loop()
    {
        var random = new Random(3);
        SampleColumn[] Make(int count) =>
        [
            Number("x", [.. Enumerable.Range(0, count).Select(_ => 100 + 20 * random.NextNormal())]),
            Number("y", [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? Missing : random.NextNormal())]),
            Category("k", [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(3))]),
            Number("constant", [.. Enumerable.Repeat(7.0, count)]),
        ];
        SampleColumn[] training = Make(150);
        SampleColumn[] rows = Make(201);
        using var neighbours = new NearestNeighbours(training);
        (double Mean, double Deviation)[] moments = [.. training.Take(2).Select(column => column.Values.Where(value => !double.IsNaN(value)).ToArray()).Select(values =>
            (values.Average(), Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)))))];
        double Scaled(SampleColumn[] columns, int column, int row) => double.IsNaN(columns[column].Values[row]) ? 0 : (columns[column].Values[row] - moments[column].Mean) / moments[column].Deviation;
        double[] ratios = [.. Enumerable.Range(0, 201).Select(row =>
        {
            double[] distances = [.. Enumerable.Range(0, 150).Select(other => Math.Sqrt(Enumerable.Range(0, 2).Sum(column => Math.Pow(Scaled(rows, column, row) - Scaled(training, column, other), 2))
                + (rows[2].Values[row] == training[2].Values[other] ? 0 : 1))).Order()];
            return distances[0] / distances[1];
        }).Order()];
        Assert.Equal(ratios[100], neighbours.Of(rows).Ratio, 1e-4);
        // Of an even number, the middle of the two.
        double[] firstTwo = [.. Enumerable.Range(0, 2).Select(row => neighbours.Of([.. rows.Select(column => column with { Values = [column.Values[row]] })]).Ratio)];
        Assert.Equal(firstTwo.Average(), neighbours.Of([.. rows.Select(column => column with { Values = column.Values[..2] })]).Ratio, 1e-6);
    }

    [Fact]
    public void Rows_compared_with_themselves_are_the_same_in_every_measure()
    {
        IDataView rows = View(Row.Make(200, seed: 1));
        VaeSampleQuality quality = _ml.Data.EvaluateVaeSamples(rows, rows, rows);
        Assert.All(quality.Columns, column => Assert.Equal(1, column.Similarity, 1e-12));
        Assert.Equal(
            (1, 1, 1, 0, 0, 1, 1),
            (Math.Round(quality.ColumnSimilarity, 9), Math.Round(quality.CorrelationSimilarity, 9), Math.Round(quality.ContingencySimilarity, 9), quality.NearestNeighbourRatio, quality.HoldOutNearestNeighbourRatio,
                quality.Copies, quality.HoldOutCopies));
        // Numbers, vectors slot by slot, and categories.
        Assert.Equal(
            [("Age", null, false), ("Balance", null, false), ("Flag", null, true), ("Kind", null, true), ("Word", null, true), ("Parts", 0, false), ("Parts", 1, false)],
            quality.Columns.Select(column => (column.Name, column.Slot, column.IsCategory)));
    }

    [Fact]
    public void Each_column_is_compared_by_its_type()
    {
        Row[] real = [new() { Age = 20, Balance = 1, Flag = true, Kind = 0, Word = "a", Parts = [1, 5] }, new() { Age = 30, Balance = 2, Flag = true, Kind = 1, Word = "b", Parts = [2, 5] }];
        // A missing key and an empty text are categories; a missing number is not there.
        Row[] sampled =
        [
            new() { Age = 30, Balance = 2, Flag = false, Kind = Row.NoKind, Word = "", Parts = [2, 6] }, new() { Age = 30, Balance = double.NaN, Flag = true, Kind = 1, Word = "b", Parts = [float.NaN, 7] },
            new() { Age = 20, Balance = 1, Flag = true, Kind = 1, Word = "c", Parts = [1, 5] }, new() { Age = 20, Balance = double.NaN, Flag = true, Kind = 0, Word = "b", Parts = [float.NaN, 5] },
        ];
        VaeSampleQuality quality = _ml.Data.EvaluateVaeSamples(View(real), View(sampled));
        Assert.Equal([1, 1, 0.75, 0.75, 0.5, 1, 0.5], quality.Columns.Select(column => Math.Round(column.Similarity, 12)));
        Assert.Equal(5.5 / 7, quality.ColumnSimilarity, 1e-12);
        Assert.Equal(0, quality.Copies);
        Assert.Null(quality.HoldOutCopies);
        Assert.Null(quality.HoldOutNearestNeighbourRatio);
    }

    [Fact]
    public void A_column_without_a_value_does_not_count()
    {
        IDataView real = View([new Row { Balance = double.NaN, Age = 1 }, new Row { Balance = double.NaN, Age = 2 }]);
        VaeSampleQuality quality = _ml.Data.EvaluateVaeSamples(real, View([new Row { Balance = 3, Age = 2 }]), columnNames: ["Balance", "Age"]);
        Assert.Equal([Missing, 0.5], quality.Columns.Select(column => column.Similarity));
        Assert.Equal(0.5, quality.ColumnSimilarity);
        Assert.Equal(Missing, (quality with { Columns = [quality.Columns[0]] }).ColumnSimilarity);
    }

    [Fact]
    public void Only_the_first_rows_are_looked_for_among_all_training_rows()
    {
        Row[] training = Row.Make(100, seed: 1);
        Row[] others = Row.Make(50, seed: 2);
        VaeSampleQuality Measure(IEnumerable<Row> sampled, int rows) => _ml.Data.EvaluateVaeSamples(View(training), View([.. sampled]), View(others), neighbourRows: rows);
        Assert.Equal((1, 0.5), (Measure(training[..10].Concat(others[..10]), 10).Copies, Measure(training[..10].Concat(others[..10]), 20).Copies));
        Assert.Equal(0.5, Measure(training[..10].Concat(others[..10]), 1000).Copies);
        VaeSampleQuality quality = Measure(training, 30);
        Assert.Equal((1, 0, 0), (quality.Copies, quality.NearestNeighbourRatio, quality.HoldOutCopies));
        Assert.InRange(quality.HoldOutNearestNeighbourRatio!.Value, 0.5, 1);
    }

    [Fact]
    public void Columns_can_be_chosen_and_others_are_not_read()
    {
        IDataView real = View(Row.Make(50, seed: 1));
        var sampled = new CountingView(View(Row.Make(50, seed: 2)));
        VaeSampleQuality quality = _ml.Data.EvaluateVaeSamples(real, sampled, columnNames: ["Word", "Age"]);
        Assert.Equal(["Word", "Age"], quality.Columns.Select(column => column.Name));
        Assert.Equal(["Age", "Word"], sampled.LastColumns.Order(StringComparer.Ordinal));
        // Of all, those that both have.
        IDataView fewer = _ml.Transforms.SelectColumns("Flag", "Kind").Fit(real).Transform(real);
        Assert.Equal(["Flag", "Kind"], _ml.Data.EvaluateVaeSamples(real, fewer).Columns.Select(column => column.Name));
        Assert.Equal(["Flag", "Kind"], _ml.Data.EvaluateVaeSamples(fewer, real).Columns.Select(column => column.Name));
    }

    [Fact]
    public void What_cannot_be_compared_is_told()
    {
        IDataView real = View(Row.Make(5, seed: 1));
        IDataView none = View([]);
        IDataView others = _ml.Data.LoadFromEnumerable(new[] { new Other() });
        IDataView retyped = _ml.Data.LoadFromEnumerable(new[] { new Retyped() });

        Assert.Equal("There are no real rows to compare: at least one is wanted.", Assert.Throws<InvalidOperationException>(() => _ml.Data.EvaluateVaeSamples(none, real)).Message);
        Assert.Equal("There are no sampled rows to compare: at least one is wanted.", Assert.Throws<InvalidOperationException>(() => _ml.Data.EvaluateVaeSamples(real, none)).Message);
        Assert.Equal("There are no held-out rows to compare: at least one is wanted.", Assert.Throws<InvalidOperationException>(() => _ml.Data.EvaluateVaeSamples(real, real, none)).Message);
        Assert.Contains("No column of the real rows (Age, Balance, Flag, Kind, Word, Parts, Extra) is one of the sampled rows (Height)", Assert.Throws<ArgumentException>(() => _ml.Data.EvaluateVaeSamples(real, others)).Message);
        Says("'Agee'", () => _ml.Data.EvaluateVaeSamples(real, real, columnNames: ["Agee"]));
        Says("sampled column 'Age'", () => _ml.Data.EvaluateVaeSamples(real, others, columnNames: ["Age"]));
        Says("held-out column 'Age'", () => _ml.Data.EvaluateVaeSamples(real, real, others, columnNames: ["Age"]));
        Says("sampled column 'Age': expected Int32, as of the real rows, got Single", () => _ml.Data.EvaluateVaeSamples(real, retyped));
        Says("held-out column 'Age': expected Int32", () => _ml.Data.EvaluateVaeSamples(real, real, retyped, columnNames: ["Age"]));
        Says("real column 'Extra': expected a number, a Boolean, a text, a key or a known-size vector of Single, got Vector<Double, 2>", () => _ml.Data.EvaluateVaeSamples(real, real, columnNames: ["Extra"]));
        Says("neighbourRows", () => _ml.Data.EvaluateVaeSamples(real, real, neighbourRows: 0));
        Assert.Throws<ArgumentNullException>(() => _ml.Data.EvaluateVaeSamples(null!, real));
        Assert.Throws<ArgumentNullException>(() => _ml.Data.EvaluateVaeSamples(real, null!));

        static void Says(string what, Action action) => Assert.Contains(what, Assert.Throws<ArgumentOutOfRangeException>(action).Message);
    }

    [Fact]
    public void A_model_of_samples_is_judged_by_real_rows_beside_one_of_real_rows()
    {
        Row[] training = Row.Make(300, seed: 1);
        Row[] test = Row.Make(200, seed: 2);
        // Samples that have it the wrong way round teach the wrong way round.
        Row[] wrong = [.. Row.Make(300, seed: 3).Select(row => row with { Kind = 1 - row.Kind })];
        IEstimator<ITransformer> pipeline = _ml.Transforms.Concatenate("Features", "Parts").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Kind", "Features"));
        List<long?> judged = [];
        double Accuracy(IDataView scored)
        {
            judged.Add(scored.ValuesOf<uint>("PredictedLabel").Length);
            return _ml.MulticlassClassification.Evaluate(scored, "Kind").MicroAccuracy;
        }

        VaeTransferQuality worth = _ml.Data.TrainOnVaeSamples(View(wrong), View(training), View(test), pipeline, Accuracy);
        Assert.InRange(worth.TrainedOnReal, 0.9, 1);
        Assert.InRange(worth.TrainedOnSamples, 0, 0.1);
        Assert.Equal([200, 200], judged);
        VaeTransferQuality same = _ml.Data.TrainOnVaeSamples(View(training), View(training), View(test), pipeline, Accuracy);
        Assert.Equal(same.TrainedOnReal, same.TrainedOnSamples, 0.011);
        Assert.Throws<ArgumentNullException>(() => _ml.Data.TrainOnVaeSamples(View(wrong), View(training), View(test), pipeline, null!));
    }

    private static SampleColumn Number(string name, params double[] values) => new(name, null, false, values);

    private static SampleColumn Category(string name, params double[] values) => new(name, null, true, values);

    private static double Pearson(double[] first, double[] second)
    {
        (double First, double Second)[] both = [.. first.Zip(second).Where(each => !double.IsNaN(each.First) && !double.IsNaN(each.Second))];
        double x = both.Average(each => each.First);
        double y = both.Average(each => each.Second);
        return both.Sum(each => (each.First - x) * (each.Second - y)) / Math.Sqrt(both.Sum(each => Math.Pow(each.First - x, 2)) * both.Sum(each => Math.Pow(each.Second - y, 2)));
    }

    private IDataView View(Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private sealed record Row
    {
        public const uint NoKind = uint.MaxValue;

        public int Age { get; set; }

        public double Balance { get; set; }

        public bool Flag { get; set; }

        [KeyType(2)]
        public uint Kind { get; set; }

        public string Word { get; set; } = "";

        [VectorType(2)]
        public float[] Parts { get; set; } = new float[2];

        /// <summary>Of a type that is not compared.</summary>
        [VectorType(2)]
        public double[] Extra { get; set; } = new double[2];

        public static Row[] Make(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ =>
            {
                uint kind = (uint)random.Next(2);
                return new Row
                {
                    Age = random.Next(18, 80),
                    Balance = 1e6 + 1000 * random.NextNormal(),
                    Flag = random.Next(3) == 0,
                    Kind = kind,
                    Word = random.Next(2) == 0 ? "yes" : "no",
                    Parts = [(float)(4.0 * kind + random.NextNormal()), (float)random.NextNormal()],
                };
            })];
        }
    }

    private sealed class Other
    {
        public float Height { get; set; }
    }

    private sealed class Retyped
    {
        public float Age { get; set; }
    }
}
