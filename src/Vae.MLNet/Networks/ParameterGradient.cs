using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// The gradient of a parameter: a sum of tensors of its shape, and, for the weights of a layer, of products that nobody has computed yet: whoever updates some of the weights computes as much of the
/// product and no more.
/// </summary>
internal sealed class ParameterGradient
{
    private readonly List<(Tensor Outputs, Tensor Inputs)> _products = [];

    /// <summary>What has been added as a whole; null if nothing has.</summary>
    public Tensor? Whole { get; private set; }

    /// <summary>What autograd found; null if the loss does not depend on the parameter.</summary>
    public static ParameterGradient Of(Tensor? found) => new() { Whole = found };

    public void Add(Tensor whole) => Whole = Whole is null ? whole : Whole.Plus(whole);

    /// <param name="outputs">The gradient by a layer's outputs, <c>[rows, outputs]</c>.</param>
    /// <param name="inputs">The layer's inputs, <c>[rows, inputs]</c>.</param>
    public void Add(Tensor outputs, Tensor inputs) => _products.Add((outputs, inputs));

    /// <summary>Adds some rows of the products to a sum.</summary>
    /// <param name="sum">Is changed; null for none yet.</param>
    /// <param name="from">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <returns>The sum, <c>[count, inputs]</c>; null if there is nothing yet.</returns>
    public Tensor? AddProducts(Tensor? sum, long from, long count)
    {
        foreach ((Tensor outputs, Tensor inputs) in _products)
        {
            Tensor some = outputs.narrow(1, from, count).t();
            sum = sum is null ? some.mm(inputs) : sum.addmm_(some, inputs);
        }
        return sum;
    }
}
