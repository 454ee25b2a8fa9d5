using Microsoft.ML;

namespace Vae.MLNet.Pipeline;

/// <summary>The VAE in a model, which may be a chain of transformers, loaded or fitted.</summary>
internal static class ModelChain
{
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain with one.</param>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    public static VaeTransformer Find(ITransformer model)
    {
        ITransformer[] all = [.. Flattened(model)];
        VaeTransformer[] found = [.. all.OfType<VaeTransformer>()];
        return found is [var vae]
            ? vae
            : throw new ArgumentException($"The model has {found.Length} variational autoencoders among {all.Length} transformers: one is wanted.", nameof(model));
    }

    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain with one.</param>
    /// <param name="data">Rows as the model reads them.</param>
    /// <returns>The VAE, and the rows as it reads them.</returns>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    public static (VaeTransformer Vae, IDataView Input) Find(ITransformer model, IDataView data)
    {
        VaeTransformer vae = Find(model);
        return (vae, Flattened(model).TakeWhile(each => each != vae).Aggregate(data, (view, each) => each.Transform(view)));
    }

    private static IEnumerable<ITransformer> Flattened(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flattened) : [model];
}
