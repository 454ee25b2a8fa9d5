namespace Microsoft.ML.Trainers;

/// <summary>
/// L-BFGS (J. Nocedal, 1980; two-loop recursion: Nocedal and Wright, algorithm 7.4) for a smooth function plus an L1 penalty on the parameters from one place on,
/// in the way of OWL-QN (G. Andrew and J. Gao, "Scalable training of L1-regularized log-linear models", 2007). Without a penalty it is plain L-BFGS.
/// </summary>
internal sealed class Lbfgs(Func<double[], double[], double> smooth, int penaltyFrom, double penalty, int history)
{
    private const double SufficientDecrease = 1e-4;
    private const double Backtrack = 0.25;
    private const int MaximumSteps = 30;

    // The weight of past improvements in the mean that ends the search.
    private const double Memory = 0.25;

    private readonly LinkedList<(double[] Step, double[] Change, double Curvature)> _pairs = [];

    public double[] Minimize(double[] start, double tolerance, int maximumIterations, Action checkAlive)
    {
        var x = start;
        var gradient = new double[x.Length];
        double value = Evaluate(x, gradient);
        double improvement = 0;
        for (int iteration = 1; iteration <= maximumIterations; iteration++)
        {
            checkAlive();
            var steepest = SteepestDescent(x, gradient);
            if (steepest.All(s => s == 0))
                break;
            var next = Search(x, value, steepest, out var nextGradient, out double nextValue);
            if (next == null && _pairs.Count > 0)
            {
                // The model of the curvature misleads: start it anew.
                _pairs.Clear();
                next = Search(x, value, steepest, out nextGradient, out nextValue);
            }
            if (next == null)
                break;
            Remember(Difference(next, x), Difference(nextGradient, gradient));
            improvement = value - nextValue + Memory * improvement;
            (x, gradient, value) = (next, nextGradient, nextValue);
            if (improvement * (1 - Memory) / (1 - Math.Pow(Memory, iteration)) < tolerance)
                break;
        }
        return x;
    }

    private double Evaluate(double[] x, double[] gradient)
    {
        double value = smooth(x, gradient);
        for (int i = penaltyFrom; i < x.Length && penalty > 0; i++)
            value += penalty * Math.Abs(x[i]);
        return value;
    }

    /// <summary>Minus the pseudo-gradient (Andrew and Gao, equation 4).</summary>
    private double[] SteepestDescent(double[] x, double[] gradient)
    {
        var steepest = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double slope = -gradient[i];
            double l1 = i < penaltyFrom ? 0 : penalty;
            steepest[i] = x[i] != 0 ? slope - l1 * Math.Sign(x[i]) : Math.Sign(slope) * Math.Max(0, Math.Abs(slope) - l1);
        }
        return steepest;
    }

    private double[] Search(double[] x, double value, double[] steepest, out double[] gradient, out double newValue)
    {
        var direction = _pairs.Count > 0 ? TimesInverseHessian(steepest) : steepest;
        double step = _pairs.Count > 0 ? 1 : 1 / Math.Sqrt(Dot(steepest, steepest));
        gradient = new double[x.Length];
        var next = new double[x.Length];
        for (int tries = 0; tries < MaximumSteps; tries++, step *= Backtrack)
        {
            double descent = 0;
            for (int i = 0; i < x.Length; i++)
            {
                next[i] = x[i] + step * Aligned(direction[i], steepest[i], i);
                // No step leaves the orthant in which the penalty is smooth: the parameter stops at zero.
                if (IsPenalized(i) && next[i] * (x[i] != 0 ? x[i] : steepest[i]) < 0)
                    next[i] = 0;
                descent += steepest[i] * (next[i] - x[i]);
            }
            newValue = Evaluate(next, gradient);
            if (descent > 0 && newValue <= value - SufficientDecrease * descent)
                return next;
        }
        newValue = value;
        return null;
    }

    private bool IsPenalized(int i) => penalty > 0 && i >= penaltyFrom;

    private double Aligned(double direction, double steepest, int i) => IsPenalized(i) && direction * steepest <= 0 ? 0 : direction;

    private double[] TimesInverseHessian(double[] vector)
    {
        var result = (double[])vector.Clone();
        var factors = new Stack<double>();
        for (var node = _pairs.Last; node != null; node = node.Previous)
        {
            double factor = Dot(node.Value.Step, result) / node.Value.Curvature;
            factors.Push(factor);
            AddScaled(result, -factor, node.Value.Change);
        }
        var (_, change, curvature) = _pairs.Last.Value;
        double scale = curvature / Dot(change, change);
        for (int i = 0; i < result.Length; i++)
            result[i] *= scale;
        for (var node = _pairs.First; node != null; node = node.Next)
            AddScaled(result, factors.Pop() - Dot(node.Value.Change, result) / node.Value.Curvature, node.Value.Step);
        return result;
    }

    private void Remember(double[] step, double[] change)
    {
        double curvature = Dot(step, change);
        if (!(curvature > 0))
            return;
        _pairs.AddLast((step, change, curvature));
        if (_pairs.Count > history)
            _pairs.RemoveFirst();
    }

    private static double[] Difference(double[] a, double[] b) => Array.ConvertAll(Enumerable.Range(0, a.Length).ToArray(), i => a[i] - b[i]);

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void AddScaled(double[] target, double scale, double[] vector)
    {
        for (int i = 0; i < target.Length; i++)
            target[i] += scale * vector[i];
    }
}
