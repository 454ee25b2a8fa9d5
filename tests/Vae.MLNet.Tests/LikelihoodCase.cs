using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Likelihoods;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>A likelihood with learned widths of some size, rows and decoded values for it, and what the textbook says of them in double precision.</summary>
internal sealed class LikelihoodCase : IDisposable
{
    private const int Width = 4;

    private static readonly Dictionary<string, LikelihoodPart[]> s_parts = Parts();

    private readonly LikelihoodPart[] _parts;
    private readonly Random _random = new(3);
    // Of each slot that has one.
    private readonly double[] _scales;

    public LikelihoodCase(string name)
    {
        _parts = s_parts[name];
        Likelihood = Likelihood.Create(_parts, new Device(DeviceType.CPU));
        using IDisposable noGradient = no_grad();
        foreach (Tensor parameter in Learned)
        {
            using var values = Numbers.Single([[.. Enumerable.Range(0, (int)parameter.shape[0]).Select(_ => 0.6 * _random.NextDouble() - 0.3)]]);
            parameter.copy_(values.view(-1));
        }
        _scales = Scales();
    }

    public static IEnumerable<string> Names => s_parts.Keys;

    public Likelihood Likelihood { get; }

    public IReadOnlyList<Parameter> Learned => [.. Likelihood.parameters().Where(parameter => parameter.requires_grad)];

    public void Dispose() => Likelihood.Dispose();

    /// <summary>Rows of this likelihood, decoded values, and which numbers are there (1) or missing (0).</summary>
    public (double[][] Rows, double[][] Decoded, double[][] Observed) Draw(int count, bool hasHoles)
    {
        (double[][] rows, double[][] decoded, double[][] observed) = (new double[count][], new double[count][], new double[count][]);
        for (int i = 0; i < count; i++)
        {
            observed[i] = [.. Enumerable.Range(0, _parts.Where(part => !part.IsCategory).Sum(part => part.Width)).Select(_ => hasHoles && _random.Next(3) == 0 ? 0.0 : 1.0)];
            var row = new List<double>();
            foreach (LikelihoodPart part in _parts)
            {
                double[] values = part.IsCategory ? OneHot(part.Width, hasHoles) : [.. Enumerable.Range(0, part.Width).Select(_ => Numbers.Rounded(Value(part.Likelihood)))];
                for (int slot = 0; slot < values.Length && !part.IsCategory; slot++)
                {
                    int place = row.Count + slot;
                    // All numbers of a multinomial are there.
                    observed[i][place] = part.Likelihood == VaeLikelihood.Multinomial ? 1 : observed[i][place];
                    values[slot] *= observed[i][place];
                }
                row.AddRange(values);
            }
            rows[i] = [.. row];
            decoded[i] = [.. _parts.SelectMany(part => Enumerable.Range(0, part.Width).Select(_ => Numbers.Rounded(Decoded(part.Likelihood))))];
        }
        return (rows, decoded, observed);
    }

    /// <summary>log p(x|z) by the textbook.</summary>
    public double LogProbability(double[] row, double[] decoded, double[] observed)
    {
        double sum = 0;
        int first = 0;
        foreach (LikelihoodPart part in _parts)
        {
            double[] values = row[first..(first + part.Width)];
            double[] said = decoded[first..(first + part.Width)];
            if (part.Likelihood is VaeLikelihood.Multinomial or VaeLikelihood.Categorical)
            {
                // A category that is there is a multinomial of one draw.
                sum += Numbers.LogFactorial(values.Sum()) + values.Zip(Numbers.LogSoftmax(said), (count, log) => count * log - Numbers.LogFactorial(count)).Sum();
            }
            else
            {
                for (int slot = 0; slot < part.Width; slot++)
                {
                    sum += observed[first + slot] == 1 ? LogDensity(part.Likelihood, values[slot], said[slot], _scales[first + slot]) : 0;
                }
            }
            first += part.Width;
        }
        return sum;
    }

    /// <summary>Of one number.</summary>
    public static double LogDensity(VaeLikelihood likelihood, double x, double decoded, double scale)
    {
        double distance = (x - decoded) / scale;
        return likelihood switch
        {
            VaeLikelihood.Gaussian => Numbers.LogNormal(x, decoded, 2 * Math.Log(scale)),
            // Gamma(5/2) / (sqrt(4 pi) Gamma(2)) (1 + t^2 / 4)^(-5/2)
            VaeLikelihood.StudentT => Math.Log(0.75 * Math.Sqrt(Math.PI) / Math.Sqrt(4 * Math.PI) * Math.Pow(1 + distance * distance / 4, -2.5) / scale),
            VaeLikelihood.Laplace => Math.Log(1 / (2 * scale)) - Math.Abs(distance),
            VaeLikelihood.Bernoulli => -x * Math.Log(1 + Math.Exp(-decoded)) - (1 - x) * Math.Log(1 + Math.Exp(decoded)),
            // From the falling side, where nothing overflows: x of logit l is as probable as 1 - x of -l.
            VaeLikelihood.ContinuousBernoulli => decoded > 0 ? LogFalling(-decoded, 1 - x) : LogFalling(decoded, x),
            VaeLikelihood.Poisson => x * decoded - Math.Exp(decoded) - Numbers.LogFactorial(x),
            _ => throw new ArgumentOutOfRangeException(nameof(likelihood)),
        };
    }

    // log(l exp(l x) / (exp(l) - 1)), with (exp(l) - 1) / l = 1 + l/2 + l^2/6 + l^3/24 + ... near 0
    private static double LogFalling(double logit, double x) =>
        logit * x - Math.Log(logit > -1e-3 ? 1 + logit / 2 + logit * logit / 6 + logit * logit * logit / 24 : (Math.Exp(logit) - 1) / logit);

    private double Value(VaeLikelihood likelihood) => likelihood switch
    {
        VaeLikelihood.Bernoulli or VaeLikelihood.ContinuousBernoulli => _random.Next(4) switch { 0 => 0, 1 => 1, _ => _random.NextDouble() },
        VaeLikelihood.Poisson or VaeLikelihood.Multinomial => _random.Next(4) == 0 ? 0 : _random.Next(30),
        _ => 3 * _random.NextNormal(),
    };

    private double Decoded(VaeLikelihood likelihood)
    {
        double[] extreme = likelihood switch
        {
            VaeLikelihood.ContinuousBernoulli => [0, 1e-5, -1e-3, 0.0999, 0.1001, -0.0999, -0.1001, 50, -50, 500, -500],
            VaeLikelihood.Bernoulli or VaeLikelihood.Multinomial or VaeLikelihood.Categorical => [0, 20, -20, 50, -50],
            VaeLikelihood.Poisson => [0, -20, 7],
            _ => [0, 100, -100],
        };
        return _random.Next(3) == 0 ? extreme[_random.Next(extreme.Length)] : 2 * _random.NextNormal();
    }

    private double[] OneHot(int width, bool hasHoles)
    {
        var values = new double[width];
        int slot = _random.Next(hasHoles ? width + 1 : width);
        if (slot < width)
        {
            values[slot] = 1;
        }
        return values;
    }

    private double[] Scales()
    {
        var learned = new Queue<double[]>(Learned.Select(parameter => parameter.Values()));
        var scales = new List<double>();
        foreach (LikelihoodPart part in _parts)
        {
            double[] given = part.Noise switch
            {
                null => [1],
                { Scale: { } scale } => [Numbers.Rounded(scale)],
                _ => [.. learned.Dequeue().Select(log => Math.Exp(5 * log) + 1e-3)],
            };
            scales.AddRange(Enumerable.Range(0, part.Width).Select(slot => given[slot % given.Length]));
        }
        return [.. scales];
    }

    private static Dictionary<string, LikelihoodPart[]> Parts()
    {
        var parts = new Dictionary<string, LikelihoodPart[]>();
        foreach (VaeLikelihood likelihood in Enum.GetValues<VaeLikelihood>())
        {
            if (LikelihoodPart.HasNoise(likelihood))
            {
                foreach (VaeNoise noise in new[] { VaeNoise.PerFeature, VaeNoise.Shared, VaeNoise.Fixed(0.7) })
                {
                    parts.Add($"{likelihood} {noise.Kind}", [new(likelihood, Width, noise)]);
                }
            }
            else
            {
                parts.Add(likelihood.ToString(), [new(likelihood, Width)]);
            }
        }
        parts.Add("Mixed",
        [
            new(VaeLikelihood.Gaussian, 2, VaeNoise.PerFeature), new(VaeLikelihood.Gaussian, 1, VaeNoise.Fixed(2)), new(VaeLikelihood.StudentT, 1, VaeNoise.Shared),
            new(VaeLikelihood.Laplace, 2, VaeNoise.PerFeature), new(VaeLikelihood.Bernoulli, 1), new(VaeLikelihood.ContinuousBernoulli, 2), new(VaeLikelihood.Poisson, 2),
            new(VaeLikelihood.Multinomial, 3), new(VaeLikelihood.Categorical, 3), new(VaeLikelihood.Categorical, 2),
        ]);
        return parts;
    }
}
