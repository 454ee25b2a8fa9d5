using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>Every tensor of a sampler has an owner that disposes it; none waits for a finalizer.</summary>
[Collection(nameof(MemoryTests))]
public sealed class SamplerMemoryTests : IDisposable
{
    private static readonly string[] s_kinds = ["prior", "mixture", "diagonal mixture", "flow", "second stage", "posterior"];

    private readonly MLContext _ml = new(seed: 1);
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("vae memory ").FullName, "sampler");
    private readonly VaeTransformer _model;
    private readonly IDataView _data;

    public SamplerMemoryTests()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(KindRow.Make(300));
        _data = _ml.Transforms.Conversion.MapValueToKey("Kind").Fit(rows).Transform(rows);
        _model = TestRows.Fit(_ml, _data, options =>
        {
            options.InputColumns = ["X", "Y", "W"];
            options.LabelColumnName = "Kind";
            options.ReconstructionColumnName = null;
        });
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public void After_everything_is_disposed_no_tensor_is_left()
    {
        UseEverything();
        using var watch = TensorWatch.Start();
        UseEverything();
        Assert.Equal(0, watch.Left());
    }

    [Fact]
    public void What_is_cancelled_or_refused_leaves_no_tensor()
    {
        void Refused()
        {
            int read = 0;
            using var later = new CancellationTokenSource();
            var watched = new ObservedView(_data, () =>
            {
                if (++read == 300)
                {
                    later.Cancel();
                }
            });
            Assert.Throws<OperationCanceledException>(() => FlowSampler.Fit(_model, watched, new() { CancellationToken = later.Token }));
            foreach (string kind in s_kinds)
            {
                using (VaeSampler sampler = FittedSamplerTests.Fit(kind, _model, _data))
                {
                    sampler.Save(_path);
                }
                byte[] content = File.ReadAllBytes(_path);
                content[^1] ^= 1;
                File.WriteAllBytes(_path, content);
                Assert.Throws<FormatException>(() => VaeSampler.Load(_path));
            }
        }

        Refused();
        using var watch = TensorWatch.Start();
        Refused();
        Assert.Equal(0, watch.Left());
    }

    [Fact]
    public void A_caller_s_own_dispose_scope_does_not_take_a_sampler_away()
    {
        foreach (string kind in s_kinds)
        {
            VaeSampler fitted;
            VaeSampler loaded;
            using (torch.NewDisposeScope())
            {
                fitted = FittedSamplerTests.Fit(kind, _model, _data);
                fitted.Save(_path);
                loaded = VaeSampler.Load(_path);
            }
            using (fitted)
            using (loaded)
            {
                Assert.Equal(Rows(fitted), Rows(loaded));
            }
        }
    }

    private void UseEverything()
    {
        foreach (string kind in s_kinds)
        {
            using VaeSampler sampler = FittedSamplerTests.Fit(kind, _model, _data);
            sampler.Save(_path);
            using VaeSampler loaded = VaeSampler.Load(_path);
            Assert.Equal(Rows(sampler), Rows(loaded));
        }
        Assert.Equal(11, _ml.Data.TraverseVae(_model, 0, label: "a").ValuesOf<float>("X").Length);
    }

    private float[] Rows(VaeSampler sampler) => _ml.Data.SampleFromVae(_model, 300, sampler, seed: 5).ValuesOf<float>("X");
}
