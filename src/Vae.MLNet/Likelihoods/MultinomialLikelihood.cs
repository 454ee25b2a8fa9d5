using Vae.MLNet.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Vae.MLNet.Likelihoods;

/// <summary>
/// p(x|z, n) = Multinomial(n, softmax(decoded)) for a row of counts with the total n (Miao et al., 2016). Where n is not known it is Poisson around the training rows' mean, which makes the counts
/// independent Poisson draws.
/// </summary>
internal sealed class MultinomialLikelihood : Likelihood
{
    private const float SmallestMean = 1e-4f;

    // The mean total of the training rows: a buffer, not learned by gradient.
    private readonly Tensor mean_total;

    public MultinomialLikelihood(Device device)
        : base(nameof(MultinomialLikelihood))
    {
        mean_total = ones(1, dtype: ScalarType.Float32, device: device);
        RegisterComponents();
    }

    // log n! - sum log x! + sum x log p
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed) =>
        (rows.sum(dim: 1).Plus(1).lgamma() - rows.Plus(1).lgamma().sum(dim: 1)).Plus((rows * log_softmax(decoded, 1)).sum(dim: 1));

    public override Tensor Mean(Tensor decoded) => softmax(decoded, 1) * mean_total;

    public override Tensor Reconstruction(Tensor rows, Tensor decoded) => softmax(decoded, 1) * rows.sum(dim: 1, keepdim: true);

    public override Tensor Draw(Tensor decoded, Tensor uniform) => PoissonLikelihood.DrawOf(Mean(decoded), uniform);

    public override Tensor OutputFor(Tensor mean)
    {
        Tensor total = mean.sum(dim: 0, keepdim: true);
        mean_total.copy_(total);
        return (mean / total.AtLeast(SmallestMean)).AtLeast(SmallestMean / mean.shape[0]).log();
    }

    public override Tensor SeenBy(Tensor rows) => rows.AtLeast(0).log1p();
}
