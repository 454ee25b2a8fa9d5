using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Benchmarks.Measurements;
using Vae.MLNet.Inference;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Benchmarks.Micro;

/// <summary>The small things, by BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private const int Block = 256;

    private readonly MLContext _ml = new(seed: 1);
    private readonly float[] _noise = new float[Rows.ImageWidth];
    private readonly float[] _latents = new float[Block * Models.ImageLatent];
    private readonly float[] _decoded = new float[Block * Rows.ImageWidth];
    private readonly ImageRow _image = Rows.Images(1)[0];
    private readonly TableRow _row = Rows.Table(1)[0];
    private VaeTransformer _model = null!;
    private VaeTransformer _table = null!;
    private PredictionEngine<ImageRow, ImageLatents> _images = null!;
    private PredictionEngine<TableRow, TableLatents> _rows = null!;
    private ImageLatents _imageLatents = new();
    private TableLatents _rowLatents = new();
    private (string Name, torch.Tensor Tensor)[] _weights = [];
    private byte[] _saved = [];

    /// <summary>Runs those that the arguments of BenchmarkDotNet choose; all without any.</summary>
    public static void Run(string[] arguments)
    {
        // In this process: a project that BenchmarkDotNet makes elsewhere would not find the packages of this repository.
        IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromTypes([typeof(MicroBenchmarks)]).Run(arguments is [] ? ["--filter", "*"] : arguments, config);
    }

    [GlobalSetup]
    public void Prepare()
    {
        _model = Models.Image(_ml);
        _table = Models.SmallTable(_ml);
        _images = _ml.Model.CreatePredictionEngine<ImageRow, ImageLatents>(_model);
        _rows = _ml.Model.CreatePredictionEngine<TableRow, TableLatents>(_table);
        RowNoise.Fill(1, _latents);
        _weights = [.. _model.Model.Network.named_parameters().Select(each => (each.name, (torch.Tensor)each.parameter))];
        _saved = Safetensors.Write(_weights);
    }

    [GlobalCleanup]
    public void End()
    {
        _images.Dispose();
        _rows.Dispose();
        _model.Dispose();
        _table.Dispose();
    }

    [Benchmark(Description = "one prediction, 784-400-20")]
    public void PredictImage() => _images.Predict(_image, ref _imageLatents);

    [Benchmark(Description = "one prediction, 30-64-8")]
    public void PredictRow() => _rows.Predict(_row, ref _rowLatents);

    [Benchmark(Description = "decode 256 images")]
    public void Decode() => LatentDecoder.Means(_model.Model, _latents, [], _decoded);

    [Benchmark(Description = "784 normal numbers of a row")]
    public void Normal() => RowNoise.Fill(1, _noise);

    [Benchmark(Description = "784 uniform numbers of a row")]
    public void Uniform() => RowNoise.FillUniform(1, _noise);

    [Benchmark(Description = "safetensors, write 645,000 weights")]
    public int Write() => Safetensors.Write(_weights).Length;

    [Benchmark(Description = "safetensors, read 645,000 weights")]
    public int Read() => Safetensors.Read(_saved).Tensors.Count;
}
