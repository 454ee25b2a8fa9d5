using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>The saved weights mean the same in PyTorch: tests/python/check_weights.py recomputes every output from the file.</summary>
public sealed class PyTorchTests
{
    [SkippableTheory]
    [InlineData(VaeLikelihood.Gaussian)]
    [InlineData(VaeLikelihood.Bernoulli)]
    public void PyTorch_computes_the_same_from_the_saved_weights(VaeLikelihood likelihood)
    {
        SkipIfAbsent();
        var ml = new MLContext(seed: 1);
        TestRow[] rows = likelihood == VaeLikelihood.Gaussian ? TestRows.Make(500) : TestRows.MakeUnit(500);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            options.Likelihood = likelihood;
            options.LatentDimension = 3;
            options.Network = new VaeNetwork.Dense([32, 16]);
            options.NumberOfEpochs = 20;
        });
        TestOutput[] outputs = ml.Outputs(model.Transform(data));
        RequireSame(ml, model, data, rows.Select(row => row.Features), outputs.Select(output => (float[])[.. output.Latent, .. output.LogVariance, .. output.Reconstruction, output.Score]));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void PyTorch_computes_the_same_for_a_table_with_holes(bool isConditional)
    {
        SkipIfAbsent();
        var ml = new MLContext(seed: 1);
        Mixed[] rows = Mixed.Make(600);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            // Not in the order in which the model keeps them: it sorts by likelihood.
            options.InputColumns = ["Kind", "Amount", new("Share") { Likelihood = VaeLikelihood.Bernoulli }, new("Tail") { Scaling = VaeScaling.Quantile }, "Flag", "Vector", "Size"];
            options.ReconstructionColumnName = null;
            options.ReconstructionColumnSuffix = "Again";
            options.LabelColumnName = isConditional ? "Label" : null;
            options.LatentDimension = 3;
            options.NumberOfEpochs = 10;
        });
        IEnumerable<float[]> said = ml.Data.CreateEnumerable<MixedOutput>(model.Transform(data), reuseRowObject: false).Select(row => (float[])
            [.. row.Latent, .. row.LogVariance, row.KindAgain, (float)row.AmountAgain, row.ShareAgain, row.TailAgain, row.FlagAgain ? 1 : 0, .. row.VectorAgain, row.SizeAgain, row.Score]);
        RequireSame(ml, model, data, rows.Select(row => row.ToFile(isConditional)), said);
    }

    private static void SkipIfAbsent() => Skip.IfNot(PyTorch.IsPresent, "No Python with PyTorch and NumPy here (Debian: python3-torch).");

    private static void RequireSame(MLContext ml, VaeTransformer model, IDataView data, IEnumerable<float[]> rows, IEnumerable<float[]> outputs)
    {
        (bool isSame, string differences) = PyTorch.Compare(ml, model, data, rows, outputs);
        Assert.True(isSame, differences);
    }

    private sealed class Mixed
    {
        [KeyType(4)]
        public uint Kind { get; set; }

        public double Amount { get; set; }

        public float Share { get; set; }

        public float Tail { get; set; }

        public bool Flag { get; set; }

        [VectorType(3)]
        public float[] Vector { get; set; } = new float[3];

        [KeyType(3)]
        public byte Size { get; set; }

        [KeyType(2)]
        public uint Label { get; set; }

        public static Mixed[] Make(int count)
        {
            var random = new Random(3);
            float Hole(double value, int index, int every) => index % every == 0 ? float.NaN : (float)value;
            return [.. Enumerable.Range(0, count).Select(index =>
            {
                double a = random.NextDouble();
                double b = random.NextDouble();
                return new Mixed
                {
                    Kind = index % 7 == 0 ? uint.MaxValue : (uint)(4 * a),
                    Amount = Hole(5000 + 300 * a + random.NextDouble(), index, 5),
                    Share = Hole(a * b, index, 11),
                    Tail = Hole(b < 0.3 ? 0 : Math.Exp(6 * b), index, 4),
                    Flag = a > b,
                    Vector = [(float)(a + b), Hole(a - b, index, 3), (float)b],
                    Size = (byte)(3 * b),
                    Label = (uint)(2 * random.NextDouble()),
                };
            })];
        }

        // In an object a key counts from 0, in a column from 1; what is beyond its count is missing.
        public float[] ToFile(bool withLabel) => [Kind < 4 ? Kind + 1 : 0, (float)Amount, Share, Tail, Flag ? 1 : 0, .. Vector, Size + 1, .. withLabel ? new float[] { Label + 1 } : []];
    }

    private sealed class MixedOutput
    {
        public float[] Latent { get; set; } = [];

        public float[] LogVariance { get; set; } = [];

        public uint KindAgain { get; set; }

        public double AmountAgain { get; set; }

        public float ShareAgain { get; set; }

        public float TailAgain { get; set; }

        public bool FlagAgain { get; set; }

        public float[] VectorAgain { get; set; } = [];

        public byte SizeAgain { get; set; }

        public float Score { get; set; }
    }
}
