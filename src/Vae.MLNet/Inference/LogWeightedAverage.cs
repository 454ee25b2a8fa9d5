using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>
/// sum_k w_k v_k / sum_k w_k per row for weights that come as logarithms, a few at a time and in constant memory; safe from overflow, since only ratios to the largest are taken.
/// </summary>
internal sealed class LogWeightedAverage
{
    private Tensor? _largest;
    private Tensor? _total;
    private Tensor? _sum;

    /// <summary>The average, <c>[rows, width]</c>.</summary>
    public Tensor Average => _sum! / _total!;

    /// <summary>log sum_k w_k, <c>[rows]</c>.</summary>
    public Tensor LogTotal => _largest!.Plus(_total!.log()).squeeze(1);

    /// <param name="logWeights"><c>[rows, some]</c>.</param>
    /// <param name="values"><c>[rows, some, width]</c>.</param>
    public void Add(Tensor logWeights, Tensor values)
    {
        Tensor largest = logWeights.max(1, keepdim: true).values;
        if (_largest is not null)
        {
            largest = maximum(largest, _largest);
        }
        Tensor weights = (logWeights - largest).exp();
        Tensor total = weights.sum(dim: 1, keepdim: true);
        Tensor sum = weights.unsqueeze(1).bmm(values).squeeze(1);
        if (_largest is not null)
        {
            Tensor before = (_largest - largest).exp();
            total = total.Plus(_total! * before);
            sum = sum.Plus(_sum! * before);
        }
        (_largest, _total, _sum) = (largest, total, sum);
    }
}
