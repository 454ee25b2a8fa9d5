using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>
/// Vectors of several dimensions, as ExtractPixels gives them, keep these through training, files, decoders and samplers; rows of another
/// shape and the same size are the same rows.
/// </summary>
public sealed class VectorShapeTests
{
    private const int Channels = 3;
    private const int Height = 8;
    private const int Width = 10;
    private const int Size = Channels * Height * Width;

    private static readonly VectorDataViewType s_type = new(NumberDataViewType.Single, Channels, Height, Width);

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loaded_model_has_the_types_and_values_of_the_one_in_memory(bool isConvolutional)
    {
        ImageRow[] rows = Rows(40);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = Fit(data, isConvolutional);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema schema);
        using var memory = (IDisposable)loaded;
        Assert.Equal(s_type, schema["Pixels"].Type);
        foreach (ITransformer each in new[] { model, loaded })
        {
            IDataView seen = each.Transform(data);
            Assert.Equal(s_type, seen.Schema["Again"].Type);
            Assert.Equal(s_type, seen.Schema["PixelsImputed"].Type);
            Assert.Equal(s_type, each.GetOutputSchema(schema)["Again"].Type);
            Assert.Equal(s_type, _ml.Data.SampleFromVae(each, 2).Schema["Pixels"].Type);
            Assert.Equal(s_type, SavedWeights.VaeOf(each).Decoder.GetOutputSchema(seen.Schema)["Pixels"].Type);
            Assert.Equal(model.Transform(data).VectorsOf("Latent"), seen.VectorsOf("Latent"));
            Assert.Equal(model.Transform(data).VectorsOf("Again"), seen.VectorsOf("Again"));
            Assert.Equal(Sampled(model), Sampled(each));
        }
        float[][] Sampled(ITransformer from) => _ml.Data.SampleFromVae(from, 2, seed: 1).VectorsOf("Pixels");
        ITransformer decoder = _ml.SavedAndLoaded(model.Decoder, model.Transform(data).Schema);
        Assert.Equal(s_type, decoder.Transform(model.Transform(data)).Schema["Pixels"].Type);
    }

    [Fact]
    public void Rows_of_another_shape_and_the_same_size_are_the_same_rows()
    {
        ImageRow[] rows = Rows(40);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer trained = Fit(data, isConvolutional: false);
        float[][] latents = trained.Transform(data).VectorsOf("Latent");
        using var loaded = (VaeTransformer)_ml.SavedAndLoaded(trained, data.Schema);
        IDataView flat = _ml.Data.LoadFromEnumerable(rows.Select(row => new FlatRow { Pixels = row.Pixels }));
        IDataView tall = _ml.Data.LoadFromEnumerable(rows.Select(row => new TallRow { Pixels = row.Pixels }));
        foreach (VaeTransformer model in new[] { trained, loaded })
        {
            foreach (IDataView other in new[] { flat, tall })
            {
                Assert.Equal(latents, model.Transform(other).VectorsOf("Latent"));
                // What comes out is as in training.
                Assert.Equal(s_type, model.GetOutputSchema(other.Schema)["Again"].Type);
                Assert.Equal(model.GetOutputSchema(other.Schema)["Again"].Type, model.Transform(other).Schema["Again"].Type);
                Assert.Equal(Elbo(model, data), Elbo(model, other));
                Assert.Equal(1, _ml.Data.EvaluateVaeSamples(other, data).ColumnSimilarity, 1e-6);
                VaeEstimator estimator = _ml.Transforms.VariationalAutoencoder(Options(isConvolutional: false));
                using VaeTransformer further = estimator.Fit(other, other, model);
                Assert.Equal(s_type, further.Transform(other).Schema["Again"].Type);
            }
            using var engine = _ml.Model.CreatePredictionEngine<FlatRow, Encoded>(model);
            TestRows.AssertClose(latents[3], engine.Predict(new FlatRow { Pixels = rows[3].Pixels }).Latent, 1e-5f);
            IDataView square = _ml.Data.LoadFromEnumerable(latents.Select(latent => new SquareLatent { Latent = latent }));
            float[][] decoded = model.Decoder.Transform(model.Transform(data)).VectorsOf("Pixels");
            Assert.Equal(decoded, model.Decoder.Transform(square).VectorsOf("Pixels"));
        }
        double Elbo(VaeTransformer of, IDataView view) => _ml.Model.EvaluateVariationalAutoencoder(of, view, 2).Elbo;
        using VaeTransformer ofFlat = _ml.Transforms.VariationalAutoencoder(Options(isConvolutional: false)).Fit(flat);
        Assert.Equal(ofFlat.Transform(flat).VectorsOf("Latent"), ofFlat.Transform(data).VectorsOf("Latent"));
    }

    [Fact]
    public void A_shape_of_another_size_is_refused()
    {
        using VaeTransformer model = Fit(_ml.Data.LoadFromEnumerable(Rows(10)), isConvolutional: false);
        IDataView other = _ml.Data.LoadFromEnumerable(new[] { new LargeRow() });
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(other));
        Assert.Contains("'Pixels': expected Vector<Single, 3, 8, 10>, as in training, got Vector<Single, 3, 8, 11>", error.Message);
    }

    [Fact]
    public void Convolutions_refuse_the_dimensions_of_an_image_in_another_order()
    {
        // What ExtractPixels gives with interleavePixelColors: true.
        IDataView interleaved = _ml.Data.LoadFromEnumerable(Rows(10).Select(row => new InterleavedRow { Pixels = row.Pixels }));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Fit(interleaved, isConvolutional: true));
        Assert.Contains("'Pixels': expected 3 channels x 8 rows x 10 columns of pixels", error.Message);
        Assert.Contains("got Vector<Single, 8, 10, 3>", error.Message);
        using VaeTransformer dense = Fit(interleaved, isConvolutional: false);
        Assert.Equal(Size, dense.InputSize);
        // A dimension of 1 may be anywhere, and other shapes say nothing of an order.
        IDataView tall = _ml.Data.LoadFromEnumerable(Rows(10).Select(row => new TallRow { Pixels = row.Pixels }));
        VaeEstimator.Options ofGrey = Options(isConvolutional: false);
        ofGrey.Network = new VaeNetwork.Convolutional(1, Channels * Height, Width);
        using VaeTransformer grey = _ml.Transforms.VariationalAutoencoder(ofGrey).Fit(tall);
        using VaeTransformer colour = Fit(tall, isConvolutional: true);
        Assert.Equal(grey.InputSize, colour.InputSize);
    }

    [Fact]
    public void Images_of_MLNet_train_and_are_the_same_from_a_file()
    {
        var random = new Random(1);
        PhotoRow[] rows = [.. Enumerable.Range(0, 30).Select(_ =>
        {
            var pixels = new byte[4 * 2 * Width * 2 * Height];
            random.NextBytes(pixels);
            return new PhotoRow { Photo = MLImage.CreateFromPixels(2 * Width, 2 * Height, MLPixelFormat.Bgra32, pixels) };
        })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using TransformerChain<VaeTransformer> model = _ml.Transforms.ResizeImages("Photo", Width, Height)
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Photo", scaleImage: 1 / 255f))
            .Append(_ml.Transforms.VariationalAutoencoder(Options(isConvolutional: true)))
            .Fit(data);
        IDataView seen = model.Transform(data);
        Assert.Equal(s_type, seen.Schema["Pixels"].Type);
        Assert.Equal(s_type, seen.Schema["Again"].Type);
        using var loaded = (IDisposable)_ml.SavedAndLoaded(model, data.Schema);
        IDataView again = ((ITransformer)loaded).Transform(data);
        Assert.Equal(s_type, again.Schema["Again"].Type);
        Assert.Equal(seen.VectorsOf("Latent"), again.VectorsOf("Latent"));
        Assert.Equal(seen.VectorsOf("Again"), again.VectorsOf("Again"));
        using var engine = _ml.Model.CreatePredictionEngine<PhotoRow, Encoded>((ITransformer)loaded);
        TestRows.AssertClose(seen.VectorsOf("Latent")[2], engine.Predict(rows[2]).Latent, 1e-5f);
    }

    // The order that a convolutional network reads: channel by channel, row by row.
    [Fact]
    public void ExtractPixels_gives_channels_rows_and_columns_in_the_order_of_convolutions()
    {
        const int row = 2;
        const int column = 5;
        var pixels = new byte[4 * Width * Height];
        int place = 4 * (row * Width + column);
        (pixels[place], pixels[place + 1], pixels[place + 2]) = (30, 20, 10);
        using var photo = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, pixels);
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new PhotoRow { Photo = photo } });
        float[] values = Assert.Single(_ml.Transforms.ExtractPixels("Pixels", "Photo").Fit(data).Transform(data).VectorsOf("Pixels"));
        Assert.Equal([10f, 20f, 30f], Enumerable.Range(0, Channels).Select(channel => values[(channel * Height + row) * Width + column]));
        Assert.Equal(Channels, values.Count(value => value != 0));
    }

    private static ImageRow[] Rows(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double brightness = random.NextDouble();
            return new ImageRow { Pixels = [.. Enumerable.Range(0, Size).Select(_ => (float)(brightness * random.NextDouble()))] };
        })];
    }

    private static VaeEstimator.Options Options(bool isConvolutional) => new()
    {
        InputColumnName = "Pixels",
        ReconstructionColumnName = "Again",
        ImputedColumnSuffix = "Imputed",
        Likelihood = VaeLikelihood.Bernoulli,
        Network = isConvolutional
            ? new VaeNetwork.Convolutional(Channels, Height, Width) { LayerChannels = [4], HiddenLayerSize = 8 }
            : new VaeNetwork.Dense(8),
        LatentDimension = 4,
        NumberOfEpochs = 1,
        Seed = 7,
    };

    private VaeTransformer Fit(IDataView data, bool isConvolutional) =>
        _ml.Transforms.VariationalAutoencoder(Options(isConvolutional)).Fit(data);

    private sealed class ImageRow
    {
        [VectorType(Channels, Height, Width)]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class FlatRow
    {
        [VectorType(Size)]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class TallRow
    {
        [VectorType(Channels * Height, Width)]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class InterleavedRow
    {
        [VectorType(Height, Width, Channels)]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class LargeRow
    {
        [VectorType(Channels, Height, Width + 1)]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class PhotoRow
    {
        // ML.NET does not save a schema of nothing but images.
        public string Name { get; set; } = "";

        [ImageType(Height, Width)]
        public MLImage? Photo { get; set; }
    }

    private sealed class SquareLatent
    {
        [VectorType(2, 2)]
        public float[] Latent { get; set; } = [];
    }

    private sealed class Encoded
    {
        public float[] Latent { get; set; } = [];
    }
}
