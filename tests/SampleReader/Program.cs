// A process of its own that loads models and samplers and prints a digest of the rows that they give.
// Arguments: the number of rows, the seed, then pairs of a model and a sampler, which is "-" for the prior.
using System.Globalization;
using Microsoft.ML;
using SampleReader;
using Vae.MLNet.Sampling;

var ml = new MLContext();
long count = long.Parse(args[0], CultureInfo.InvariantCulture);
int seed = int.Parse(args[1], CultureInfo.InvariantCulture);
foreach (string[] pair in args.Skip(2).Chunk(2))
{
    ITransformer model = ml.Model.Load(pair[0], out _);
    using VaeSampler? sampler = pair[1] == "-" ? null : VaeSampler.Load(pair[1]);
    Console.WriteLine(RowBits.Digest(ml.Data.SampleFromVae(model, count, sampler, seed: seed)));
    ((IDisposable)model).Dispose();
}
