using Microsoft.ML;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Counts tensors of the whole process: nothing else may run at the time.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class NothingElseRuns;

/// <summary>Every tensor has an owner that disposes it; none waits for a finalizer.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    [Fact]
    public void After_everything_is_disposed_no_tensor_is_left()
    {
        UseEverything();
        using var watch = TensorWatch.Start();
        UseEverything();
        Assert.Equal(0, watch.Left());
    }

    [Fact]
    public void A_failed_or_cancelled_fit_leaves_no_tensor()
    {
        var ml = new MLContext(seed: 1);
        IDataView bad = ml.Data.LoadFromEnumerable([.. TestRows.MakeUnit(3000), new TestRow { Features = [0, 0, 0, 0, 0, float.PositiveInfinity] }]);
        using var source = new CancellationTokenSource();
        using var watch = TensorWatch.Start();
        Assert.Throws<InvalidOperationException>(() => TestRows.Fit(ml, bad, Bernoulli));
        Assert.Throws<OperationCanceledException>(() => TestRows.Fit(ml, ml.Data.LoadFromEnumerable(TestRows.MakeUnit(3000)), options =>
        {
            Bernoulli(options);
            options.CancellationToken = source.Token;
            options.Progress = new CancelAtOnce(source);
        }));
        Assert.Equal(0, watch.Left());
    }

    [Fact]
    public void A_callers_own_dispose_scope_does_not_take_the_model_away()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.View(300);
        VaeTransformer model;
        TestOutput[] inside;
        DataViewRowCursor cursor;
        using (NewDisposeScope())
        {
            model = TestRows.Fit(ml, data);
            inside = ml.Outputs(model.Transform(data));
            IDataView view = model.Transform(data);
            cursor = view.GetRowCursor(view.Schema);
        }
        using (cursor)
        using (model)
        {
            Assert.True(cursor.MoveNext());
            TestRows.AssertEqual(inside, ml.Outputs(model.Transform(data)), 0);
        }
    }

    private static void UseEverything()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(TestRows.MakeUnit(600));
        using var chain = ml.Transforms.CopyColumns("Copy", "Features").Append(ml.Transforms.VariationalAutoencoder(TestRows.Options(Bernoulli))).Fit(data);
        Assert.Equal(600, ml.Outputs(chain.Transform(data)).Length);
        using var file = new MemoryStream();
        ml.Model.Save(chain, data.Schema, file);
        file.Position = 0;
        using var engine = ml.Model.CreatePredictionEngine<TestRow, TestOutput>(ml.Model.Load(file, out _));
        Assert.Equal(2, engine.Predict(new TestRow()).Latent.Length);
        chain.LastTransformer.Decode(new float[2], new float[6]);
    }

    private static void Bernoulli(VaeEstimator.Options options) => options.Likelihood = VaeLikelihood.Bernoulli;

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value) => source.Cancel();
    }
}
