using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Xunit;

namespace Packages.Tests.MLNet;

/// <summary>The same MLContext seed gives a component the same seed, whichever package it runs on: every operation takes as many draws from the context's generator.</summary>
public sealed class SeedTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<int> _draws;
    private int _used;

    public SeedTests()
    {
        IHostEnvironment other = new MLContext(seed: 1);
        _draws = [.. Enumerable.Range(0, 300).Select(_ => other.Register("draw").Rand.Next())];
    }

    [Fact]
    public void The_generator_of_seed_1_begins_as_ever() => Assert.Equal([1752537088, 798840056], _draws.Take(2));

    [Fact]
    public void Operations_on_tables()
    {
        IDataView data = Takes(1, () => _ml.Data.LoadFromEnumerable(new[] { new SeedRow(), new SeedRow { Label = 1, Features = [3, 4] } }));
        Takes(0, () => data.GetRowCursor(data.Schema).MoveNext());
        Takes(1, () => _ml.Data.Cache(data));
        Takes(1, () => _ml.Data.ShuffleRows(data));
        Takes(1, () => _ml.Data.ShuffleRows(data, seed: 3));
        Takes(1, () => _ml.Data.TakeRows(data, 1));
        Takes(1, () => _ml.Data.SkipRows(data, 1));
        Takes(5, () => _ml.Data.TrainTestSplit(data));
        Takes(5, () => _ml.Data.TrainTestSplit(data, seed: 4));
        Takes(1, () => SaveAsText(data));
        Takes(1, () => _ml.Data.CreateEnumerable<SeedRow>(data, reuseRowObject: false).Count());
    }

    [Fact]
    public void Estimators_and_models()
    {
        IDataView data = Takes(1, () => _ml.Data.LoadFromEnumerable(new[] { new SeedRow(), new SeedRow { Label = 1, Features = [3, 4] } }));
        var normalise = Takes(1, () => _ml.Transforms.NormalizeMinMax("Features"));
        IDataView normalised = Takes(0, () => normalise.Fit(data).Transform(data));
        Takes(1, () => _ml.Transforms.NormalizeMeanVariance("Features"));
        var keys = Takes(1, () => _ml.Transforms.Conversion.MapValueToKey("Label"));
        IDataView keyed = Takes(0, () => keys.Fit(normalised).Transform(normalised));
        Takes(1, () => _ml.Transforms.Concatenate("Twice", "Features", "Features"));
        Takes(2, () => _ml.Transforms.CopyColumns("Copy", "Features"));
        Takes(2, () => _ml.Transforms.SelectColumns("Features"));
        Takes(2, () => _ml.Transforms.DropColumns("Features"));
        var trainer = Takes(1, () => _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Features"));
        IDataView scored = Takes(0, () => trainer.Fit(keyed).Transform(keyed));
        Takes(1, () => _ml.MulticlassClassification.Evaluate(scored));
        var judged = Takes(1, () => _ml.Data.LoadFromEnumerable(new[] { new SeedScore(), new SeedScore { Label = 1 } }));
        Takes(1, () => _ml.AnomalyDetection.Evaluate(judged));
        Takes(2, () => _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        Takes(2, () => _ml.Transforms.Conversion.MapKeyToVector("PredictedLabel"));

        ITransformer two = Takes(2, () => _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.NormalizeMinMax("Features")).Fit(data));
        Takes(3, () => _ml.Model.CreatePredictionEngine<SeedRow, SeedRow>(_ml.Transforms.NormalizeMinMax("Features").Fit(data)), also: 1);
        Takes(3, () => _ml.Model.CreatePredictionEngine<SeedRow, SeedOutput>(two));
        var file = new MemoryStream();
        Takes(2, () => SaveTo(file, two, data.Schema));
        Takes(3, () => _ml.Model.Load(file, out _));
    }

    private int SaveAsText(IDataView data)
    {
        _ml.Data.SaveAsText(data, Stream.Null);
        return 0;
    }

    private int SaveTo(MemoryStream file, ITransformer model, DataViewSchema schema)
    {
        _ml.Model.Save(model, schema, file);
        file.Position = 0;
        return 0;
    }

    private T Takes<T>(int draws, Func<T> operation, int also = 0)
    {
        T result = operation();
        int next = _draws.IndexOf(((IHostEnvironment)_ml).Register("draw").Rand.Next());
        Assert.Equal(draws + also, next - _used);
        _used = next + 1;
        return result;
    }

    private sealed class SeedRow
    {
        public uint Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [1, 2];
    }

    private sealed class SeedScore
    {
        public float Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class SeedOutput
    {
        public float[] Features { get; set; } = [];
    }
}
