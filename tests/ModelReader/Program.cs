// A process that knows nothing of Vae.MLNet: loads a model by a plain Model.Load and prints the bits of what it says of some rows, by Transform and by a prediction engine.
// Arguments: the model, a file of rows (32-bit floats, six a row).
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(args[1])).ToArray();
Input[] rows = [.. values.Chunk(6).Select(row => new Input { Features = row })];
foreach (Output output in ml.Data.CreateEnumerable<Output>(model.Transform(ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false))
{
    output.Print("transform");
}
PredictionEngine<Input, Output> engine = ml.Model.CreatePredictionEngine<Input, Output>(model);
foreach (Input row in rows)
{
    engine.Predict(row).Print("engine");
}

internal sealed class Input
{
    [VectorType(6)]
    public float[] Features { get; set; } = [];
}

internal sealed class Output
{
    public float[] Latent { get; set; } = [];

    public float[] LogVariance { get; set; } = [];

    public float[] Draw { get; set; } = [];

    public float[] Reconstruction { get; set; } = [];

    public float Score { get; set; }

    public void Print(string how) =>
        Console.WriteLine($"{how} {Convert.ToHexString(MemoryMarshal.AsBytes<float>([.. Latent, .. LogVariance, .. Draw, .. Reconstruction, Score]))}");
}
