using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Xunit;

namespace Packages.Tests.MLNet;

public class MaximumEntropyTests
{
    private static readonly MLContext ML = new(1);

    // Two overlapping classes and a third one apart.
    private static readonly Row[] Rows = Enumerable.Range(0, 60).Select(i => new Row
    {
        Label = $"c{i % 3}",
        F = [i % 3 == 0 ? 1 + (i % 7) : i % 5, i % 3 == 2 ? 6 + (i % 2) : i % 4],
    }).ToArray();

    private static IDataView Data
    {
        get
        {
            var data = ML.Data.LoadFromEnumerable(Rows);
            return ML.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        }
    }

    [Fact]
    public void Without_penalties_on_a_balanced_constant_feature_the_probabilities_are_the_frequencies()
    {
        var data = ML.Data.LoadFromEnumerable(new[] { "a", "a", "a", "b" }.Select(label => new Row { Label = label, F = [0, 0] }));
        var keyed = ML.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        var model = ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: "F").Fit(keyed);
        var scores = Table.Vectors<float>(model.Transform(keyed), "Score")[0];
        Assert.Equal(0.75, scores[0], 3);
        Assert.Equal(0.25, scores[1], 3);
    }

    [Fact]
    public void With_an_L2_penalty_the_gradient_vanishes()
    {
        const float l2 = 2;
        var (biases, weights, residuals) = Train(l1: 0, l2);
        for (int c = 0; c < 3; c++)
        {
            // sum over rows of (p_c - [label = c]) = 0, and the same times x plus l2 * w = 0
            Assert.Equal(0, residuals.Sum(r => r.Slope[c]) / Rows.Length, 2);
            for (int j = 0; j < 2; j++)
            {
                Assert.Equal(0, (residuals.Sum(r => r.Slope[c] * r.Row.F[j]) + (l2 * weights[c][j])) / Rows.Length, 2);
            }
        }
        Assert.Equal(3, biases.Length);
    }

    [Fact]
    public void With_an_L1_penalty_a_weight_is_zero_or_its_gradient_is_the_penalty()
    {
        const float l1 = 8;
        var (_, weights, residuals) = Train(l1, l2: 0);
        for (int c = 0; c < 3; c++)
        {
            for (int j = 0; j < 2; j++)
            {
                double slope = residuals.Sum(r => r.Slope[c] * r.Row.F[j]);
                if (weights[c][j] == 0)
                {
                    Assert.InRange(slope, -l1 - 0.6, l1 + 0.6);
                }
                else
                {
                    Assert.Equal(-l1 * Math.Sign(weights[c][j]), slope, 0.6);
                }
            }
        }
        Assert.Contains(weights.SelectMany(row => row), weight => weight == 0);
    }

    [Fact]
    public void The_output_is_a_key_with_the_labels_names_and_the_probability_of_each()
    {
        var data = Data;
        var model = ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "F").Fit(data);
        var output = model.Transform(data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), output.Schema["Score"].Type);
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), output.Schema["PredictedLabel"].Type);
        Assert.Equal(["c0", "c1", "c2"], Table.SlotNames(output.Schema["Score"]));
        Assert.Equal(["c0", "c1", "c2"], Table.KeyValues(output.Schema["PredictedLabel"]));
        ReadOnlyMemory<char> kind = default;
        output.Schema["Score"].Annotations.GetValue("ScoreColumnKind", ref kind);
        Assert.Equal("MulticlassClassification", kind.ToString());
        var predicted = Table.Values<uint>(output, "PredictedLabel");
        var scores = Table.Vectors<float>(output, "Score");
        for (int row = 0; row < Rows.Length; row++)
        {
            Assert.Equal(1, scores[row].Sum(), 4);
            Assert.Equal((uint)Array.IndexOf(scores[row], scores[row].Max()) + 1, predicted[row]);
        }
        Assert.Equal("F", model.FeatureColumnName);
        Assert.IsType<MaximumEntropyModelParameters>(model.Model);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(ML.Transforms.DropColumns("F").Fit(data).Transform(data)));
    }

    [Fact]
    public void Label_features_and_settings_are_checked()
    {
        var trainers = ML.MulticlassClassification.Trainers;
        Assert.Throws<ArgumentOutOfRangeException>(() => trainers.LbfgsMaximumEntropy("Label", "F").Fit(ML.Data.LoadFromEnumerable(Rows)));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainers.LbfgsMaximumEntropy("Label", "Label").Fit(Data));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainers.LbfgsMaximumEntropy("Nothing", "F").Fit(Data));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainers.LbfgsMaximumEntropy(l1Regularization: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { HistorySize = 0 }));
        Assert.True(trainers.LbfgsMaximumEntropy().Info.NeedNormalization);
    }

    [Fact]
    public void Rows_with_missing_features_do_not_count_and_without_any_there_is_nothing_to_learn()
    {
        var broken = ML.Data.LoadFromEnumerable(Rows.Append(new Row { Label = "c0", F = [float.NaN, 1] }));
        var keyed = ML.Transforms.Conversion.MapValueToKey("Label").Fit(broken).Transform(broken);
        var trainer = ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "F");
        Assert.Equal(Table.Vectors<float>(trainer.Fit(Data).Transform(Data), "Score")[0][0], Table.Vectors<float>(trainer.Fit(keyed).Transform(Data), "Score")[0][0], 2);
        var none = ML.Data.LoadFromEnumerable([new Row { Label = "a", F = [float.NaN, 0] }]);
        Assert.Throws<InvalidOperationException>(() => trainer.Fit(ML.Transforms.Conversion.MapValueToKey("Label").Fit(none).Transform(none)));
    }

    private static (float[] Biases, float[][] Weights, List<(Row Row, double[] Slope)> Residuals) Train(float l1, float l2)
    {
        var data = Data;
        var model = ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            FeatureColumnName = "F",
            L1Regularization = l1,
            L2Regularization = l2,
            OptimizationTolerance = 1e-8f,
            HistorySize = 10,
        }).Fit(data);
        VBuffer<float>[]? weights = null;
        model.Model.GetWeights(ref weights!, out int classes);
        Assert.Equal(3, classes);
        var scores = Table.Vectors<float>(model.Transform(data), "Score");
        var residuals = Rows.Select((row, i) => (row, scores[i].Select((p, c) => p - (row.Label == $"c{c}" ? 1.0 : 0)).ToArray())).ToList();
        return (model.Model.GetBiases().ToArray(), weights.Select(row => row.DenseValues().ToArray()).ToArray(), residuals);
    }

    private sealed class Row
    {
        public string Label { get; set; } = "";

        [VectorType(2)]
        public float[] F { get; set; } = [];
    }
}
