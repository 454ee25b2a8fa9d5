using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>Parts side by side, each with a likelihood of its own, independent given z. Numbers come before categories.</summary>
internal sealed class MixedLikelihood : Likelihood
{
    private readonly ModuleList<Likelihood> parts;
    private readonly List<(long First, long Width, bool IsMarked)> _places = [];
    private readonly bool _changesWhatIsSeen;

    public MixedLikelihood(IReadOnlyList<LikelihoodPart> parts, Device device)
        : base(nameof(MixedLikelihood))
    {
        this.parts = new ModuleList<Likelihood>([.. parts.Select(part => Create(part, device))]);
        long first = 0;
        foreach (LikelihoodPart part in parts)
        {
            _places.Add((first, part.Width, !part.IsCategory));
            _changesWhatIsSeen |= part.IsSeenAsLogarithm;
            first += part.Width;
        }
        RegisterComponents();
    }

    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        Tensor Of(int part)
        {
            (long first, long width, bool isMarked) = _places[part];
            return parts[part].LogProbability(rows.narrow(1, first, width), Known?.Columns(decoded, first, width) ?? decoded.narrow(1, first, width), isMarked ? observed?.narrow(1, first, width) : null);
        }

        Tensor sum = Of(0);
        for (int part = 1; part < _places.Count; part++)
        {
            sum = sum.Plus(Of(part));
        }
        return sum;
    }

    public override Tensor Mean(Tensor decoded) => Joined((part, first, width) => part.Mean(decoded.narrow(1, first, width)), 1);

    public override Tensor Draw(Tensor decoded, Tensor uniform) => Joined((part, first, width) => part.Draw(decoded.narrow(1, first, width), uniform.narrow(1, first, width)), 1);

    public override Tensor OutputFor(Tensor mean) => Joined((part, first, width) => part.OutputFor(mean.narrow(0, first, width)), 0);

    public override Tensor Reconstruction(Tensor rows, Tensor decoded) =>
        Joined((part, first, width) => part.Reconstruction(rows.narrow(1, first, width), decoded.narrow(1, first, width)), 1);

    public override Tensor SeenBy(Tensor rows) => _changesWhatIsSeen ? Joined((part, first, width) => part.SeenBy(rows.narrow(1, first, width)), 1) : rows;

    private Tensor Joined(Func<Likelihood, long, long, Tensor> of, long dimension) =>
        cat([.. _places.Select((place, part) => of(parts[part], place.First, place.Width))], dimension);
}
