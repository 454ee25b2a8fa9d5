using System.Numerics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>
/// The mean over the weighted rows of -log p(label | features), p the softmax of one linear function for each class, plus half the L2 penalty on the weights
/// (not the biases) shared out over the rows. Parameters: the biases of all classes, then for feature after feature the weights of all classes: so what one feature adds
/// lies together, and a sparse row touches only what it needs.
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

    /// <summary>The parameters as a model holds them: the biases, then the weights of class after class.</summary>
    public float[] ByClass(double[] parameters)
    {
        var ordered = new float[parameters.Length];
        for (int c = 0; c < rows.Classes; c++)
        {
            ordered[c] = (float)parameters[c];
            for (int j = 0; j < rows.Features; j++)
                ordered[rows.Classes + c * rows.Features + j] = (float)parameters[Start(j) + c];
        }
        return ordered;
    }

    private double Accumulate(int first, int end, double[] parameters, double[] gradient)
    {
        int classes = rows.Classes;
        var scores = new double[classes];
        var slopes = new double[classes];
        double loss = 0;
        for (int r = first; r < end; r++)
        {
            var (values, indices, label, weight) = rows[r];
            parameters.AsSpan(0, classes).CopyTo(scores);
            for (int i = 0; i < values.Length; i++)
                AddScaled(scores, values[i], parameters.AsSpan(Start(indices?[i] ?? i), classes));
            double largest = scores.Max();
            double sum = 0;
            for (int c = 0; c < classes; c++)
                sum += slopes[c] = Math.Exp(scores[c] - largest);
            double rowLoss = largest + Math.Log(sum) - scores[label];
            Contracts.Check(double.IsFinite(rowLoss), "Data contain bad values.");
            loss += weight * rowLoss;
            // d(-log p_label)/d(score_c) = p_c - [c = label]
            for (int c = 0; c < classes; c++)
                slopes[c] = weight * (slopes[c] / sum - (c == label ? 1 : 0));
            AddScaled(gradient.AsSpan(0, classes), 1, slopes);
            for (int i = 0; i < values.Length; i++)
                AddScaled(gradient.AsSpan(Start(indices?[i] ?? i), classes), values[i], slopes);
        }
        return loss;
    }

    private int Start(int feature) => rows.Classes * (1 + feature);

    private static void AddScaled(Span<double> target, double scale, ReadOnlySpan<double> vector)
    {
        int i = 0;
        for (; i <= vector.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(target[i..]) + new Vector<double>(vector[i..]) * scale).CopyTo(target[i..]);
        for (; i < vector.Length; i++)
            target[i] += scale * vector[i];
    }
}
