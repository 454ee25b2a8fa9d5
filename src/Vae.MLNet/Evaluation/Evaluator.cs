using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Evaluation;

/// <summary>Reads rows block by block and averages what the model says of them. Memory does not grow with the rows, but for the draws that factors are compared with.</summary>
internal sealed class Evaluator : IDisposable
{
    private const int RowsPerBlock = 256;

    private readonly FittedVae _model;
    private readonly int _draws;
    private readonly Generator _generator;
    // Of its own: the other numbers do not depend on how many draws there are.
    private readonly Generator _drawGenerator;
    private readonly float[] _values;
    private readonly float[] _missing;
    private readonly long[] _labels;
    private readonly double[] _logSlopes;
    private readonly ColumnErrors _errors;
    private readonly FactorGaps _factors;
    private readonly double[] _klPerDimension;
    private readonly double[] _means;
    private readonly double[] _squares;
    private double _reconstruction;
    private double _kl;
    private RunningMoments _logLikelihood = new(1);
    private long _rows;
    private long _unlabelled;

    private Evaluator(FittedVae model, int draws, ColumnErrors errors, FactorGaps factors)
    {
        RowLayout layout = model.Layout;
        int latent = model.Architecture.LatentDimension;
        (_model, _draws, _errors, _factors) = (model, draws, errors, factors);
        _generator = new Generator((ulong)model.Seed, OnDevice.Cpu);
        _drawGenerator = new Generator((ulong)model.Seed + 1, OnDevice.Cpu);
        _values = new float[RowsPerBlock * layout.Width];
        _missing = new float[RowsPerBlock * layout.NumberWidth];
        _labels = new long[RowsPerBlock];
        _logSlopes = new double[RowsPerBlock];
        (_klPerDimension, _means, _squares) = (new double[latent], new double[latent], new double[latent]);
    }

    /// <param name="model">The trained model.</param>
    /// <param name="data">Rows with its columns.</param>
    /// <param name="draws">Of the log-likelihood, per row.</param>
    /// <param name="factors">Columns of known factors.</param>
    public static VaeMetrics Evaluate(FittedVae model, IDataView data, int draws, IReadOnlyList<DataViewSchema.Column> factors)
    {
        using SharedMemory.Lease lease = model.Use();
        using IDisposable noGradient = no_grad();
        BoundLayout bound = model.Layout.Bind(data.Schema, nameof(data));
        using DataViewRowCursor cursor = data.GetRowCursor(bound.All.Concat(factors).DistinctBy(column => column.Index));
        using var evaluator = new Evaluator(model, draws, new ColumnErrors(bound, cursor, RowsPerBlock), new FactorGaps(cursor, factors, model.Architecture.LatentDimension));
        evaluator.Read(cursor, bound.ReaderOf(cursor, model.Architecture.SeesMissing));
        return evaluator.Metrics();
    }

    public void Dispose()
    {
        _generator.Dispose();
        _drawGenerator.Dispose();
    }

    private void Read(DataViewRowCursor cursor, RowReader reader)
    {
        RowLayout layout = _model.Layout;
        int count = 0;
        while (cursor.MoveNext())
        {
            Span<float> missing = _missing.AsSpan(count * layout.NumberWidth, layout.NumberWidth);
            missing.Clear();
            RowFacts facts = reader.Read(_values.AsSpan(count * layout.Width, layout.Width), missing);
            if (layout.Label is not null && facts.Label < 0)
            {
                _unlabelled++;
                continue;
            }
            _labels[count] = facts.Label;
            _logSlopes[count] = facts.LogSlope;
            _errors.Read(count);
            _factors.ReadFactors();
            if (++count == RowsPerBlock)
            {
                Evaluate(count);
                count = 0;
            }
        }
        if (count > 0)
        {
            Evaluate(count);
        }
        if (_rows == 0)
        {
            throw new InvalidOperationException("There are no rows to evaluate: at least one is wanted.");
        }
    }

    private void Evaluate(int count)
    {
        try
        {
            Add(count);
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            throw MemoryShortage.For($"{count} rows with {_draws} draws each", $"lower the number of draws", error);
        }
    }

    private void Add(int count)
    {
        using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
        using DisposeScope scope = NewDisposeScope();
        VariationalAutoencoder network = _model.Network;
        RowLayout layout = _model.Layout;
        int latent = _model.Architecture.LatentDimension;
        var rows = new RowTensors(
            Rows(_values, count, layout.Width),
            _model.Architecture.SeesMissing ? Rows(_missing, count, layout.NumberWidth) : null,
            layout.Label is null ? null : OneHot.Of(_labels.AsSpan(0, count), layout.Label.Width));
        Posterior posterior = network.Encode(rows);
        var elbo = ElboTerms.Of(network, posterior, rows, Normal(_generator, count, latent));
        // From the encoded rows' densities to those of the rows in their columns' units.
        _reconstruction += elbo.Reconstruction.sum().item<float>() + _logSlopes.Take(count).Sum();
        _kl += elbo.Kl.sum().item<float>();
        Tensor drawNoise = Normal(_drawGenerator, count, _draws, latent);
        ReadOnlySpan<float> logLikelihoods = Floats(ImportanceSampling.LogLikelihood(network, rows, drawNoise));
        for (int row = 0; row < count; row++)
        {
            _logLikelihood.Add(0, logLikelihoods[row] + _logSlopes[row], 1);
        }
        Add(_klPerDimension, KlPerDimension(elbo));
        Add(_means, posterior.Mean);
        Add(_squares, posterior.Mean.Squared());
        _errors.Add(_values, Floats(network.Likelihood.Reconstruction(rows.Values, network.Decode(posterior.Mean, rows.Label))), count);
        _factors.Add(Floats(elbo.Latents));
        _rows += count;
    }

    private Tensor KlPerDimension(ElboTerms elbo) => (elbo.Posterior.LogVariance, _model.Architecture.Prior) switch
    {
        (null, _) => zeros_like(elbo.Latents),
        (_, VaePrior.StandardNormal) => elbo.Posterior.KlDivergences(),
        _ => elbo.Posterior.LogDensities(elbo.Latents) - _model.Network.Prior.LogMarginals(elbo.Latents),
    };

    private VaeMetrics Metrics() => new()
    {
        RowCount = _rows,
        RowsWithoutLabel = _unlabelled,
        Reconstruction = _reconstruction / _rows,
        Kl = _kl / _rows,
        LogLikelihood = _logLikelihood.Mean(0),
        LogLikelihoodStandardError = _rows > 1 ? _logLikelihood.StandardDeviation(0) / Math.Sqrt(_rows - 1) : double.NaN,
        Draws = _draws,
        ActiveUnits = _means.Zip(_squares).Count(each => each.Second / _rows - Math.Pow(each.First / _rows, 2) > VaeMetrics.SmallestActiveVariance),
        KlPerDimension = [.. _klPerDimension.Select(sum => sum / _rows)],
        ReconstructionErrors = _errors.Averages(),
        FactorGaps = _factors.Gaps(),
    };

    private static Tensor Rows(float[] values, int count, int width) =>
        tensor(values.AsSpan(0, count * width).ToArray(), dtype: ScalarType.Float32, device: OnDevice.Cpu).view(count, width);

    private static Tensor Normal(Generator generator, params long[] shape) =>
        randn(shape, dtype: ScalarType.Float32, device: OnDevice.Cpu, generator: generator);

    private static void Add(double[] sums, Tensor values)
    {
        ReadOnlySpan<float> of = Floats(values.sum(dim: 0));
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += of[i];
        }
    }

    // In the scope of the caller.
    private static ReadOnlySpan<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes);
}
