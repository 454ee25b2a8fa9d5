using System.Xml.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Vae.MLNet.Report.Tests;

/// <summary>The report on a model of images.</summary>
public sealed class ImageReportTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageRow[] _rows = ImageRow.Make(200);

    [Fact]
    public void A_square_is_an_image_and_its_pixels_are_those_of_the_row()
    {
        (VaeTransformer model, IDataView data) = Fit();
        using (model)
        {
            Page page = Page.Of(_ml, model, data);
            Assert.Contains("8 × 8 pixels, grey, since 64 is a square", page.Section("summary").Value, StringComparison.Ordinal);
            XElement first = page.Section("reconstructions").Descendants("img").First();
            Assert.Equal("Row 1", first.Attribute("alt")!.Value);
            Assert.Equal(_rows[0].Features.Select(value => (byte)Math.Round(255.0 * value)), Pixels(first, channels: 1));
            Assert.Equal(40, page.Section("reconstructions").Descendants("img").Count());
            Assert.Equal(30, page.Section("samples").Descendants("img").Count());
            Assert.Equal(9 * (int)page.Tile("Active dimensions"), page.Section("traversals").Descendants("img").Count());
            Assert.Equal(40, page.Section("scores").Descendants("img").Count());
            Assert.All(page.Root.Descendants("img"), image => Assert.NotEmpty(image.Attribute("alt")!.Value));
        }
    }

    [Fact]
    public void A_square_is_a_table_if_one_says_so()
    {
        (VaeTransformer model, IDataView data) = Fit();
        using (model)
        {
            Page page = Page.Of(_ml, model, data, new VaeReportOptions { InfersImageShape = false });
            Assert.Empty(page.Root.Descendants("img"));
            Assert.Equal("Features[0]", page.Heads("Sampled rows")[0]);
            Assert.Contains("first 40 of 64 values", page.Section("samples").Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Channels_are_colours()
    {
        (VaeTransformer model, IDataView data) = Fit();
        using (model)
        {
            // Not a picture of anything, but a shape that fits: 4 x 4 would want 48.
            ArgumentException error = Assert.Throws<ArgumentException>(() => Page.Of(_ml, model, data, new VaeReportOptions { ImageShape = new VaeImageShape(4, 4, 3) }));
            Assert.Contains("a vector of 48 values", error.Message, StringComparison.Ordinal);
        }
        IDataView colours = _ml.Data.LoadFromEnumerable(ColourRow.Make(100));
        using VaeTransformer colourful = _ml.Transforms.VariationalAutoencoder("Latent", "Features", latentDimension: 2, likelihood: VaeLikelihood.Bernoulli, numberOfEpochs: 2).Fit(colours);
        Page page = Page.Of(_ml, colourful, colours, new VaeReportOptions { ImageShape = new VaeImageShape(4, 5, 3) });
        XElement first = page.Section("reconstructions").Descendants("img").First();
        float[] row = ColourRow.Make(1)[0].Features;
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(pixel => Enumerable.Range(0, 3).Select(channel => (byte)Math.Round(255.0 * row[channel * 20 + pixel]))), Pixels(first, channels: 3));
    }

    [Fact]
    public void Of_a_conditional_model_there_are_samples_of_each_label()
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(Data()).Transform(Data());
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(Options(options => options.LabelColumnName = "Label")).Fit(data);
        XElement samples = Page.Of(_ml, model, data).Section("samples");
        Assert.Equal(["left", "right"], samples.Descendants("tbody").Elements("tr").Select(line => line.Element("th")!.Value).Order());
        Assert.Equal(20, samples.Descendants("img").Count());
    }

    [Fact]
    public void A_convolutional_network_says_the_shape()
    {
        (VaeTransformer model, IDataView data) = Fit(options => options.Network = new VaeNetwork.Convolutional(1, 8, 8) { LayerChannels = [4] });
        using (model)
        {
            Page page = Page.Of(_ml, model, data, new VaeReportOptions { InfersImageShape = false });
            Assert.Contains("as the convolutional network reads it", page.Section("summary").Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plain_autoencoder_a_single_dimension_and_a_constant_column_are_reported_too()
    {
        (VaeTransformer model, IDataView data) = Fit(options =>
        {
            options.Objective = new VaeObjective.Autoencoder();
            options.LatentDimension = 1;
        });
        using (model)
        {
            Page page = Page.Of(_ml, model, data);
            Assert.Contains("no distribution of latents", page.Section("samples").Value, StringComparison.Ordinal);
            Assert.Contains("the latent's only dimension", page.Section("map").Value, StringComparison.Ordinal);
            Assert.DoesNotContain("NaN", page.Text, StringComparison.Ordinal);
        }
        IDataView constant = _ml.Data.LoadFromEnumerable(Enumerable.Repeat(new ConstantRow { Value = 5 }, 60));
        using VaeTransformer collapsed = _ml.Transforms.VariationalAutoencoder("Latent", ["Value"], latentDimension: 2, numberOfEpochs: 3).Fit(constant);
        Page empty = Page.Of(_ml, collapsed, constant);
        Assert.Contains("No latent dimension is active", empty.Section("traversals").Value, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", empty.Text, StringComparison.Ordinal);
    }

    private static byte[] Pixels(XElement image, int channels)
    {
        const string start = "data:image/png;base64,";
        string source = image.Attribute("src")!.Value;
        Assert.StartsWith(start, source, StringComparison.Ordinal);
        using var bitmap = SKBitmap.Decode(Convert.FromBase64String(source[start.Length..]));
        Assert.Equal(channels == 1, bitmap.ColorType == SKColorType.Gray8);
        return [.. bitmap.Pixels.SelectMany(pixel => channels == 1 ? [pixel.Red] : new[] { pixel.Red, pixel.Green, pixel.Blue })];
    }

    private (VaeTransformer Model, IDataView Data) Fit(Action<VaeEstimator.Options>? change = null) => (_ml.Transforms.VariationalAutoencoder(Options(change)).Fit(Data()), Data());

    private IDataView Data() => _ml.Data.LoadFromEnumerable(_rows);

    private static VaeEstimator.Options Options(Action<VaeEstimator.Options>? change)
    {
        var options = new VaeEstimator.Options
        {
            LatentDimension = 2,
            Likelihood = VaeLikelihood.Bernoulli,
            Network = new VaeNetwork.Dense(16),
            NumberOfEpochs = 20,
            BatchSize = 20,
            LearningRate = 5e-3,
            Seed = 2,
        };
        change?.Invoke(options);
        return options;
    }

    public sealed class ImageRow
    {
        public string Label { get; set; } = "";

        [VectorType(64)]
        public float[] Features { get; set; } = [];

        // A bar of some brightness, on one side.
        public static ImageRow[] Make(int count) => [.. Enumerable.Range(0, count).Select(index => new ImageRow
        {
            Label = index % 2 == 0 ? "left" : "right",
            Features = [.. Enumerable.Range(0, 64).Select(pixel => pixel % 8 / 4 == index % 2 ? 0.4f + index % 7 / 10f : 0.05f)],
        })];
    }

    public sealed class ColourRow
    {
        [VectorType(60)]
        public float[] Features { get; set; } = [];

        public static ColourRow[] Make(int count) => [.. Enumerable.Range(0, count).Select(index => new ColourRow { Features = [.. Enumerable.Range(0, 60).Select(slot => (slot * 3 + index) % 60 / 60f)] })];
    }

    public sealed class ConstantRow
    {
        public float Value { get; set; }
    }
}
