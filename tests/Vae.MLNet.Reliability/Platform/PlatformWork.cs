using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Reliability.Properties;
using Vae.MLNet.Report;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Platform;

/// <summary>
/// Everything that the library and the tool do, in a process of its own, in one folder: training that is interrupted and goes on, models, samplers, a report, rows, messages. What is left in the folder says what
/// came out, and is to be the same in every culture and at every path.
/// </summary>
internal sealed class PlatformWork
{
    public const string Command = "platform-work";

    private const int Rows = 120;

    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _data;
    private readonly string _folder;
    private readonly StringBuilder _log = new();

    private PlatformWork(string folder)
    {
        _folder = folder;
        _data = _ml.Data.LoadFromEnumerable(PlatformRow.Make(Rows));
        _ml.Log += (_, line) =>
        {
            // How fast training is is not always the same.
            if (line.Source.Contains("Vae", StringComparison.Ordinal) && !line.Message.Contains("Elapsed", StringComparison.Ordinal))
            {
                _log.AppendLine(line.RawMessage.Contains("rows/s", StringComparison.Ordinal) ? line.RawMessage[..line.RawMessage.LastIndexOf(", ", StringComparison.Ordinal)] : line.RawMessage);
            }
        };
    }

    /// <param name="folder">For all files.</param>
    /// <param name="culture">Of all threads.</param>
    /// <param name="reference">The folder of a process that has done the same: its model and samplers are loaded. Null: there is none yet.</param>
    public static void Do(string folder, string culture, string? reference)
    {
        var info = CultureInfo.GetCultureInfo(culture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (info, info);
        (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = (info, info);
        Directory.CreateDirectory(folder);
        // Not among what is compared: whether the culture is one at all.
        Console.WriteLine(1.5.ToString(CultureInfo.CurrentCulture) + "i".ToUpper(CultureInfo.CurrentCulture));
        var work = new PlatformWork(folder);
        using TransformerChain<ITransformer> trained = work.Train(reference);
        work.WriteRows("trained.txt", trained.Transform(work._data));
        string model = work.PathOf("model.zip");
        if (reference is null)
        {
            work._ml.Model.Save(trained, work._data.Schema, model);
        }
        else
        {
            // Its history is of another process, and faster or slower: the weights are the same.
            using var theirs = (IDisposable)work._ml.Model.Load(Path.Combine(reference, "model.zip"), out DataViewSchema schema);
            work._ml.Model.Save((ITransformer)theirs, schema, model);
        }
        ITransformer loaded = work._ml.Model.Load(model, out _);
        using (loaded as IDisposable)
        {
            work.WriteRows("loaded.txt", loaded.Transform(work._data));
            work.Sample(loaded, reference);
            VaeReport.Save(work._ml, loaded, work._data, work.PathOf("report.html"), new VaeReportOptions { LogLikelihoodDraws = 2 });
        }
        File.WriteAllText(work.PathOf("messages.txt"), string.Join('\n', PlatformMessages.All(work._ml, work._data)));
        File.WriteAllText(work.PathOf("log.txt"), work._log.ToString());
        PlatformTool.Use(folder);
        // Of a load that failed ML.NET removes its temporary folder by a finalizer, which .NET does not run when a process ends.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private TransformerChain<ITransformer> Train(string? reference)
    {
        string checkpoint = PathOf("checkpoint");
        using var stop = new CancellationTokenSource();
        try
        {
            Fit(checkpoint, stop.Token, new StopAfter(2, stop)).Dispose();
            throw new BrokenException("training was not interrupted");
        }
        catch (OperationCanceledException)
        {
            if (reference is not null)
            {
                // From here on it is the other's.
                Directory.Delete(checkpoint, recursive: true);
                Copy(Path.Combine(reference, "interrupted"), checkpoint);
            }
            Copy(checkpoint, PathOf("interrupted"));
            TransformerChain<ITransformer> model = Fit(checkpoint, CancellationToken.None, null);
            Directory.Delete(checkpoint, recursive: true);
            return model;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private TransformerChain<ITransformer> Fit(string checkpoint, CancellationToken cancellationToken, IProgress<VaeProgress>? progress) => _ml.Transforms.Conversion.MapValueToKey("İl")
        .Append<ITransformer>(_ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            InputColumns = ["Işık ı", new("IŞIK I") { Scaling = VaeScaling.Quantile }, "i", "İl"],
            LogVarianceColumnName = "LogVariance",
            DrawColumnName = "Draw",
            ScoreColumnName = "Score",
            PredictedLabelColumnName = "Odd",
            ReconstructionColumnSuffix = " yine",
            ImputedColumnSuffix = " dolu",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(8),
            NumberOfEpochs = 4,
            BatchSize = 16,
            NumberOfThreads = 2,
            ValidationFraction = 0.2,
            CheckpointFolder = checkpoint,
            CancellationToken = cancellationToken,
            Progress = progress,
            Seed = 1,
        })).Fit(_data);

    private void Sample(ITransformer model, string? reference)
    {
        VaeSampler[] samplers =
        [
            new PriorSampler(0.75),
            GaussianMixtureSampler.Fit(model, _data, new GaussianMixtureSampler.Options { MaximumComponents = 3 }),
            FlowSampler.Fit(model, _data, new FlowSampler.Options { NumberOfLayers = 2, HiddenLayerSizes = [8], NumberOfEpochs = 2 }),
            TwoStageSampler.Fit(model, _data, new TwoStageSampler.Options { HiddenLayerSizes = [8], NumberOfEpochs = 2 }),
            PosteriorSampler.Fit(model, _data, 0.5),
        ];
        foreach (VaeSampler sampler in samplers)
        {
            string name = sampler.GetType().Name;
            string path = PathOf(name + ".sampler");
            using (sampler)
            {
                WriteRows($"{name}.txt", _ml.Data.SampleFromVae(model, 20, sampler, seed: 3));
                sampler.Save(path);
            }
            if (reference is not null)
            {
                using VaeSampler theirs = VaeSampler.Load(Path.Combine(reference, name + ".sampler"));
                theirs.Save(path);
            }
            using VaeSampler loaded = VaeSampler.Load(path);
            WriteRows($"{name}.loaded.txt", _ml.Data.SampleFromVae(model, 20, loaded, seed: 3));
        }
    }

    // Numbers by their bits, texts as they are.
    private void WriteRows(string name, IDataView rows)
    {
        using DataViewRowCursor cursor = rows.GetRowCursor(rows.Schema);
        Func<object>[] cells = [.. rows.Schema.Select(column => Cells.Of(cursor, column))];
        var lines = new StringBuilder(string.Join('|', rows.Schema.Select(column => $"{column.Name} {column.Type}")));
        while (cursor.MoveNext())
        {
            lines.Append('\n').AppendJoin('|', cells.Select(cell => cell() switch
            {
                string text => text,
                float[] numbers => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers)),
                object value => string.Join(' ', Cells.Numbers(value).Select(number => BitConverter.DoubleToInt64Bits(number).ToString("x", CultureInfo.InvariantCulture))),
            }));
        }
        File.WriteAllText(PathOf(name), lines.ToString());
    }

    private sealed class StopAfter(int epochs, CancellationTokenSource stop) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value)
        {
            if (value.Epoch == epochs)
            {
                stop.Cancel();
            }
        }
    }
}
