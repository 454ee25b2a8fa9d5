using System.Numerics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>
/// The mean over the weighted rows of -log p(label | features), p the softmax of one linear function for each class, plus half the L2 penalty on the weights
/// (not the biases) shared out over the rows. Parameters: the biases of all classes, then the weights of class after class.
/// </summary>
internal sealed class SoftmaxObjective(TrainingRows rows, double l2)
{
    // Fixed, so that the sums, and with them the model, are the same on every machine.
    private const int Chunks = 8;

    public int Dimension => rows.Classes * (1 + rows.Features);

    public double Evaluate(double[] parameters, double[] gradient)
    {
        var gradients = new double[Chunks][];
        var losses = new double[Chunks];
        Parallel.For(0, Chunks, chunk =>
        {
            gradients[chunk] = new double[Dimension];
            int first = (int)((long)rows.Count * chunk / Chunks), end = (int)((long)rows.Count * (chunk + 1) / Chunks);
            losses[chunk] = Accumulate(first, end, parameters, gradients[chunk]);
        });
        double loss = losses.Sum();
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = 0;
            foreach (var part in gradients)
                gradient[i] += part[i];
            if (i >= rows.Classes)
            {
                gradient[i] += l2 * parameters[i];
                loss += 0.5 * l2 * parameters[i] * parameters[i];
            }
            gradient[i] /= rows.WeightSum;
        }
        return loss / rows.WeightSum;
    }

    private double Accumulate(int first, int end, double[] parameters, double[] gradient)
    {
        var scores = new double[rows.Classes];
        double loss = 0;
        for (int r = first; r < end; r++)
        {
            var (values, indices, label, weight) = rows[r];
            for (int c = 0; c < scores.Length; c++)
                scores[c] = parameters[c] + Dot(parameters.AsSpan(Start(c), rows.Features), values, indices);
            double largest = scores.Max();
            double logSum = largest + Math.Log(scores.Sum(score => Math.Exp(score - largest)));
            double rowLoss = logSum - scores[label];
            Contracts.Check(double.IsFinite(rowLoss), "Data contain bad values.");
            loss += weight * rowLoss;
            for (int c = 0; c < scores.Length; c++)
            {
                // d(-log p_label)/d(score_c) = p_c - [c = label]
                double slope = weight * (Math.Exp(scores[c] - logSum) - (c == label ? 1 : 0));
                gradient[c] += slope;
                AddScaled(gradient.AsSpan(Start(c), rows.Features), slope, values, indices);
            }
        }
        return loss;
    }

    private int Start(int c) => rows.Classes + c * rows.Features;

    private static double Dot(Span<double> weights, double[] values, int[] indices)
    {
        double sum = 0;
        int i = 0;
        if (indices == null)
        {
            var sums = Vector<double>.Zero;
            for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
                sums += new Vector<double>(weights[i..]) * new Vector<double>(values, i);
            sum = Vector.Sum(sums);
        }
        for (; i < values.Length; i++)
            sum += weights[indices == null ? i : indices[i]] * values[i];
        return sum;
    }

    private static void AddScaled(Span<double> target, double scale, double[] values, int[] indices)
    {
        int i = 0;
        if (indices == null)
        {
            for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
                (new Vector<double>(target[i..]) + new Vector<double>(values, i) * scale).CopyTo(target[i..]);
        }
        for (; i < values.Length; i++)
            target[indices == null ? i : indices[i]] += scale * values[i];
    }
}
