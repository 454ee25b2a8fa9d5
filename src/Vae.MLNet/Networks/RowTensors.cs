using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Rows as networks and likelihoods see them.</summary>
/// <param name="Values">Encoded values, <c>[rows, slots]</c>; 0 where one is missing.</param>
/// <param name="Missing">1 where a number is missing, <c>[rows, numbers]</c>; null if none is.</param>
/// <param name="Label">The condition, one-hot, <c>[rows, labels]</c>; null without one.</param>
internal readonly record struct RowTensors(Tensor Values, Tensor? Missing, Tensor? Label)
{
    public long Count => Values.shape[0];

    /// <summary>1 where a number is there, <c>[rows, numbers]</c>; null if all are.</summary>
    public Tensor? Observed => Missing?.Complement();

    /// <summary>The same in double precision.</summary>
    public RowTensors InDoublePrecision => new(Values.@double(), Missing?.@double(), Label?.@double());

    /// <summary>Each row <paramref name="times"/> times, one after the other.</summary>
    public RowTensors Repeated(long times) => times == 1 ? this : new(Values.repeat_interleave(times, 0), Missing?.repeat_interleave(times, 0), Label?.repeat_interleave(times, 0));
}
