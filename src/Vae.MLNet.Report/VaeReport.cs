using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Sections;

namespace Vae.MLNet.Report;

/// <summary>
/// A report to look at: one self-contained HTML file on a trained variational autoencoder, with its training curves, reconstructions beside originals, samples, a map of the latents, traversals, the KL divergence of
/// each latent dimension, and the rows that the model expects least.
/// </summary>
/// <remarks>The file needs no network and no script. Texts of the data are escaped. Memory does not grow with the rows beyond <see cref="VaeReportOptions.MaximumRows"/>.</remarks>
public static class VaeReport
{
    internal const int FewestRows = 2;
    private const int MostRows = 1_000_000;
    private const int MostDraws = 10_000;

    /// <summary>Writes the report to a file. It is written beside and then renamed: where something fails, no file is left, and one that was there stays as it was.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, at least two, best held out from training. Read once.</param>
    /// <param name="path">The file, such as <c>report.html</c>.</param>
    /// <param name="options">The settings. Null: all defaults.</param>
    /// <exception cref="ArgumentException">The model has no VAE or more than one, the path is empty, or the image shape or the sampler does not fit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range, or a column is missing or not of the type of training.</exception>
    /// <exception cref="InvalidOperationException">There are too few rows, or a value is not one for its column.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">By <see cref="VaeReportOptions.CancellationToken"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <example><code>
    /// VaeReport.Save(ml, model, testData, "report.html", new VaeReportOptions { LabelColumnName = "Label" });
    /// </code></example>
    public static void Save(MLContext ml, ITransformer model, IDataView data, string path, VaeReportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        HtmlPage page = Make(ml, model, data, options ?? new VaeReportOptions());
        string beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream file = File.Create(beside))
            {
                page.Write(file);
            }
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Writes the report to a stream, which stays open. Nothing is written before all of it is made.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, at least two, best held out from training. Read once.</param>
    /// <param name="stream">Receives the HTML in UTF-8.</param>
    /// <param name="options">The settings. Null: all defaults.</param>
    /// <inheritdoc cref="Save(MLContext, ITransformer, IDataView, string, VaeReportOptions)"/>
    public static void Save(MLContext ml, ITransformer model, IDataView data, Stream stream, VaeReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Make(ml, model, data, options ?? new VaeReportOptions()).Write(stream);
    }

    private static HtmlPage Make(MLContext ml, ITransformer model, IDataView data, VaeReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Title);
        VaeEstimator.Options.RequireInRange(options.MaximumRows, FewestRows, MostRows, nameof(options.MaximumRows));
        VaeEstimator.Options.RequireInRange(options.LogLikelihoodDraws, 1, MostDraws, nameof(options.LogLikelihoodDraws));
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, data);
        ReportFacts facts = ReportFacts.Gather(ml, vae, input, options);
        return ReportPage.Of(facts);
    }
}
