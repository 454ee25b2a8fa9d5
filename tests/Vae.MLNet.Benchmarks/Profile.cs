using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using Vae.MLNet.Benchmarks.Measurements;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks;

/// <summary>Where the time of a training step goes, in a plain TorchSharp loop for 784-400-20-400-784.</summary>
internal static class Profile
{
    private const int Rows = 60_000;
    private const int WarmUpSteps = 50;

    public static int Run()
    {
        string[] parts = ["gather", "encoder", "decoder", "loss", "backward", "optimiser"];
        var table = new MarkdownTable(["batch", .. parts, "step", "rows/s"]);
        foreach (int batch in new[] { 128, 1024 })
        {
            double[] milliseconds = Steps(batch, steps: 400 * 128 / batch + 100, parts.Length);
            double step = milliseconds.Sum();
            table.Add([$"{batch}", .. milliseconds.Select(part => $"{part.ToString("F2", CultureInfo.InvariantCulture)} ms ({MarkdownTable.Percent(part / step)})"), $"{step.ToString("F2", CultureInfo.InvariantCulture)} ms", MarkdownTable.Number(batch / step * 1000)]);
        }
        table.Print(Console.Out);
        return 0;
    }

    private static double[] Steps(int batch, int steps, int parts)
    {
        using DisposeScope outer = NewDisposeScope();
        using var model = PlainVae.ForImages();
        using optim.Optimizer adam = optim.Adam(model.parameters(), 1e-3);
        Tensor rows = rand(Rows, Measurements.Rows.ImageWidth, float32, CPU);
        var laps = new double[parts];
        var clock = new Stopwatch();
        int lap = 0;
        void Lap()
        {
            laps[lap++] += clock.Elapsed.TotalMilliseconds;
            clock.Restart();
        }

        Tensor order = randperm(Rows, int64, CPU);
        for (int step = -WarmUpSteps; step < steps; step++)
        {
            if (step == 0)
            {
                Array.Clear(laps);
            }
            using DisposeScope scope = NewDisposeScope();
            lap = 0;
            clock.Restart();
            Tensor x = rows.index_select(0, order.narrow(0, (step + WarmUpSteps) * (long)batch % (Rows - batch), batch));
            Lap();
            (Tensor mean, Tensor logVariance) = model.Encode(x);
            Lap();
            Tensor decoded = model.Decode(mean, logVariance);
            Lap();
            Tensor loss = model.Loss(x, mean, logVariance, decoded);
            Lap();
            adam.zero_grad();
            loss.backward();
            Lap();
            adam.step();
            Lap();
        }
        return [.. laps.Select(each => each / steps)];
    }
}
