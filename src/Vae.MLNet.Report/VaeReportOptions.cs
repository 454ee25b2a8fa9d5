using Vae.MLNet.Sampling;

namespace Vae.MLNet.Report;

/// <summary>The settings of a <see cref="VaeReport"/>. Every default works untouched.</summary>
public sealed class VaeReportOptions
{
    /// <summary>The heading of the page: any text. Default "Variational autoencoder".</summary>
    public string Title { get; set; } = "Variational autoencoder";

    /// <summary>
    /// A column that colours the latent map and is shown beside rows: a number, a Boolean, a key or a text, among the columns that the rows have when they reach the VAE. Default null: the label that the model
    /// is conditional on, if it is.
    /// </summary>
    public string? LabelColumnName { get; set; }

    /// <summary>
    /// The most rows that are kept in memory, from 2 to 1,000,000; all numbers of the report but their count are of these. Of more rows so many are drawn at random, each with the same probability. Default 5,000.
    /// </summary>
    public int MaximumRows { get; set; } = 5_000;

    /// <summary>
    /// How the input is an image. Wants a model of one input column, a vector of so many values. Default null: the shape of a <see cref="VaeNetwork.Convolutional"/>, or with <see cref="InfersImageShape"/> that
    /// of a square.
    /// </summary>
    public VaeImageShape? ImageShape { get; set; }

    /// <summary>Whether the only input column, if it is a vector without slot names whose size is a square of at least 8 x 8, such as 784, is taken for a grey image. The report says so. Default true.</summary>
    public bool InfersImageShape { get; set; } = true;

    /// <summary>Draws per row of the importance-weighted log-likelihood, from 1 to 10,000. Default 32.</summary>
    public int LogLikelihoodDraws { get; set; } = 32;

    /// <summary>Where the latents of the samples come from. Default null: the model's prior. It is not disposed.</summary>
    public VaeSampler? Sampler { get; set; }

    /// <summary>Of the choice of rows and of the samples: the same model, rows, settings and seed give the same file byte for byte. Default null: that of the model.</summary>
    public int? Seed { get; set; }

    /// <summary>Cancels the report, which then throws <see cref="OperationCanceledException"/> and leaves no file. Looked at between rows that are read and between sections.</summary>
    public CancellationToken CancellationToken { get; set; }
}
