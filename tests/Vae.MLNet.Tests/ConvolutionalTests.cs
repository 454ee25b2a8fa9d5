using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Convolutional networks take any image, compute what convolutions and their transposes are, and learn from pictures.</summary>
public sealed class ConvolutionalTests
{
    private const int Side = 10;

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<VaeNetwork.Convolutional, string, string> BadNetworks => new()
    {
        { new VaeNetwork.Convolutional(1, 7, 7), "Height", "from 8" },
        { new VaeNetwork.Convolutional(1, 8, 7), "Width", "from 8" },
        { new VaeNetwork.Convolutional(0, 8, 8), "Channels", "from 1" },
        { new VaeNetwork.Convolutional(1, 8, 100) { LayerChannels = [1, 1, 1, 1] }, "LayerChannels", "8 x 100 pixels allow 1 to 3" },
        { new VaeNetwork.Convolutional(1, 8, 8) { LayerChannels = [] }, "LayerChannels", "0 convolutions" },
        { new VaeNetwork.Convolutional(1, 8, 8) { LayerChannels = [4, 0] }, "LayerChannels[1]", "from 1" },
        { new VaeNetwork.Convolutional(1, 8, 8) { HiddenLayerSize = 0 }, "HiddenLayerSize", "from 1" },
        { new VaeNetwork.Convolutional(1, 8, 8) { Activation = (VaeActivation)7 }, "Activation", "SiLU" },
        { new VaeNetwork.Convolutional(1, 8, 8) { Dropout = 1 }, "Dropout", "below 1" },
    };

    [Theory]
    [InlineData(1, 8, 8, 3)]
    [InlineData(1, 9, 13, 2)]
    [InlineData(1, 28, 28, 2)]
    [InlineData(3, 11, 8, 1)]
    [InlineData(3, 8, 31, 2)]
    public void Any_size_and_colour_trains_and_survives_a_file(int channels, int height, int width, int convolutions)
    {
        IDataView data = View(Squares(60, channels, height, width, seed: 1));
        using VaeTransformer model = Fit(data, options =>
        {
            options.Network = new VaeNetwork.Convolutional(channels, height, width) { LayerChannels = [.. Enumerable.Repeat(4, convolutions)], HiddenLayerSize = 16, Activation = VaeActivation.ELU };
            options.NumberOfEpochs = 12;
            options.BatchSize = 6;
        });
        Assert.True(model.History[^1].Reconstruction > model.History[0].Reconstruction + 1, $"{model.History[0].Reconstruction} to {model.History[^1].Reconstruction}");
        IDataView seen = model.Transform(data);
        Assert.All(seen.VectorsOf("Again"), image => Assert.True(image.Length == channels * height * width && image.All(pixel => pixel is > 0 and < 1)));

        ITransformer loaded = _ml.SavedAndLoaded(model, data.Schema);
        IDataView again = loaded.Transform(data);
        Assert.Equal(seen.VectorsOf("Latent"), again.VectorsOf("Latent"));
        Assert.Equal(seen.VectorsOf("Again"), again.VectorsOf("Again"));
        Assert.Equal(seen.ValuesOf<float>("Score"), again.ValuesOf<float>("Score"));
        var network = Assert.IsType<VaeNetwork.Convolutional>(SavedWeights.VaeOf(loaded).Network);
        Assert.Equal((channels, height, width, VaeActivation.ELU), (network.Channels, network.Height, network.Width, network.Activation));
    }

    [Fact]
    public void A_convolution_is_the_sum_over_its_window()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new ConvolutionalEncoder(Small, ShapeOf(Small, marks: true));
        nn.Module<Tensor, Tensor> convolution = Layer(encoder, "Convolution", 0);
        // 2 colours and their marks, 9 x 11 pixels, to 3 channels of 4 x 5.
        Tensor image = randn([2, 4, 9, 11], generator: Seeded(3));
        float[] x = image.data<float>().ToArray();
        (float[] weight, float[] bias) = Randomised(convolution);
        float[] said = convolution.call(image).data<float>().ToArray();
        var wanted = new double[2 * 3 * 4 * 5];
        for (int i = 0; i < wanted.Length; i++)
        {
            (int column, int line, int output, int row) = (i % 5, i / 5 % 4, i / 20 % 3, i / 60);
            wanted[i] = bias[output];
            for (int w = 0; w < 4 * 16; w++)
            {
                (int dx, int dy, int channel) = (w % 4, w / 4 % 4, w / 16);
                (int px, int py) = (2 * column - 1 + dx, 2 * line - 1 + dy);
                wanted[i] += px is >= 0 and < 11 && py is >= 0 and < 9 ? weight[output * 64 + w] * (double)x[((row * 4 + channel) * 9 + py) * 11 + px] : 0;
            }
        }
        TestRows.AssertClose([.. wanted.Select(value => (float)value)], said, 1e-4f);
    }

    [Fact]
    public void A_transposed_convolution_adds_each_pixel_s_patch()
    {
        using DisposeScope scope = NewDisposeScope();
        using var decoder = new ConvolutionalDecoder(Small, ShapeOf(Small, marks: false));
        nn.Module<Tensor, Tensor> transposed = Layer(decoder, "TransposedConvolution", 1);
        // 3 channels of 4 x 5 pixels, to 2 colours of 9 x 11.
        Tensor image = randn([2, 3, 4, 5], generator: Seeded(4));
        float[] x = image.data<float>().ToArray();
        (float[] weight, float[] bias) = Randomised(transposed);
        Tensor output = transposed.call(image);
        Assert.Equal([2, 2, 9, 11], output.shape);
        var wanted = new double[2 * 2 * 9 * 11];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = bias[i / 99 % 2];
        }
        for (int i = 0; i < x.Length; i++)
        {
            (int column, int line, int channel, int row) = (i % 5, i / 5 % 4, i / 20 % 3, i / 60);
            for (int patch = 0; patch < 2 * 16; patch++)
            {
                (int dx, int dy, int colour) = (patch % 4, patch / 4 % 4, patch / 16);
                (int px, int py) = (2 * column - 1 + dx, 2 * line - 1 + dy);
                if (px is >= 0 and < 11 && py is >= 0 and < 9)
                {
                    wanted[((row * 2 + colour) * 9 + py) * 11 + px] += weight[patch * 3 + channel] * (double)x[i];
                }
            }
        }
        TestRows.AssertClose([.. wanted.Select(value => (float)value)], output.data<float>().ToArray(), 1e-4f);
    }

    [Fact]
    public void What_moves_in_the_image_moves_in_the_layer()
    {
        using DisposeScope scope = NewDisposeScope();
        var settings = new VaeNetwork.Convolutional(1, 16, 16) { LayerChannels = [3], HiddenLayerSize = 4 };
        using var encoder = new ConvolutionalEncoder(settings, ShapeOf(settings, marks: false));
        using var decoder = new ConvolutionalDecoder(settings, ShapeOf(settings, marks: false));
        // Something in the middle, moved by two pixels there and by one in the layer.
        Tensor here = zeros(1, 1, 16, 16);
        here.narrow(2, 4, 4).narrow(3, 5, 4).copy_(randn([4, 4], generator: Seeded(5)));
        nn.Module<Tensor, Tensor> convolution = Layer(encoder, "Convolution", 0);
        Randomised(convolution);
        AssertSame(convolution.call(here).roll([1, 2], [2, 3]), convolution.call(here.roll([2, 4], [2, 3])));

        Tensor small = zeros(1, 3, 8, 8);
        small.narrow(2, 2, 2).narrow(3, 2, 2).copy_(randn([1, 3, 2, 2], generator: Seeded(6)));
        nn.Module<Tensor, Tensor> transposed = Layer(decoder, "TransposedConvolution", 0);
        Randomised(transposed);
        AssertSame(transposed.call(small).roll([4, 2], [2, 3]), transposed.call(small.roll([2, 1], [2, 3])));
    }

    [Fact]
    public void Gradients_of_the_transposed_convolution_are_those_of_finite_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        using var decoder = new ConvolutionalDecoder(Small, ShapeOf(Small, marks: false));
        nn.Module<Tensor, Tensor> transposed = Layer(decoder, "TransposedConvolution", 1);
        Randomised(transposed);
        Tensor image = randn([1, 3, 4, 5], generator: Seeded(7)).requires_grad_();
        Tensor factors = randn([1, 2, 9, 11], generator: Seeded(8));
        // Quadratic in every number by itself: central differences have no error of their own.
        Tensor Loss() => (transposed.call(image).square() * factors).sum();
        Tensor[] inputs = [image, .. transposed.parameters()];
        IList<Tensor> gradients = autograd.grad([Loss()], inputs);
        foreach ((Tensor input, Tensor gradient) in inputs.Zip(gradients))
        {
            float[] found = gradient.data<float>().ToArray();
            double largest = found.Max(MathF.Abs);
            for (int i = 0; i < found.Length; i += 7)
            {
                double At(float step)
                {
                    using IDisposable noGradient = no_grad();
                    Tensor number = input.view(-1).narrow(0, i, 1);
                    number.add_(step);
                    double loss = Loss().item<float>();
                    number.add_(-step);
                    return loss;
                }

                Assert.Equal((At(0.5f) - At(-0.5f)), found[i], 2e-3 * largest);
            }
        }
    }

    [Fact]
    public void Images_come_back_nearer_than_the_mean_image()
    {
        Picture[] train = Squares(400, 1, Side, Side, seed: 1);
        Picture[] test = Squares(100, 1, Side, Side, seed: 2);
        using VaeTransformer model = Fit(View(train), options => options.NumberOfEpochs = 12);
        float[][] back = model.Transform(View(test)).VectorsOf("Again");
        double[] mean = MeanOf(train);
        double error = test.Zip(back).Average(pair => SquaredError(pair.First.Pixels, [.. pair.Second.Select(pixel => (double)pixel)]));
        double ofMean = test.Average(picture => SquaredError(picture.Pixels, mean));
        Assert.True(error < 0.4 * ofMean, $"squared error {error}, of the mean image {ofMean}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Missing_pixels_are_filled_by_what_the_others_say(bool holesInTraining)
    {
        Picture[] whole = Squares(400, 1, Side, Side, seed: 1);
        Picture[] test = Squares(100, 1, Side, Side, seed: 2);
        Picture[] holed = [.. test.Select(picture => picture.WithHoles())];
        using VaeTransformer model = Fit(View(holesInTraining ? [.. whole.Select(picture => picture.WithHoles())] : whole), options =>
        {
            options.NumberOfEpochs = 12;
            options.ImputedColumnSuffix = "Filled";
            options.MaskingRate = holesInTraining ? null : 0.4;
            options.ImputationDraws = 8;
        });
        float[][] filled = model.Transform(View(holed)).VectorsOf("PixelsFilled");
        double[] mean = MeanOf(whole);
        (double error, double ofMean) = (0, 0);
        for (int row = 0; row < test.Length; row++)
        {
            for (int pixel = 0; pixel < mean.Length; pixel++)
            {
                bool isHole = float.IsNaN(holed[row].Pixels[pixel]);
                Assert.True(isHole || filled[row][pixel] == test[row].Pixels[pixel]);
                error += isHole ? Math.Pow(filled[row][pixel] - test[row].Pixels[pixel], 2) : 0;
                ofMean += isHole ? Math.Pow(mean[pixel] - test[row].Pixels[pixel], 2) : 0;
            }
        }
        Assert.True(error < 0.5 * ofMean, $"squared error {error}, of the mean image {ofMean}");
    }

    [Fact]
    public void A_condition_decides_what_is_drawn()
    {
        // Label 1: the square is in the left half; label 2: in the right.
        IDataView data = View(Squares(200, 1, Side, Side, seed: 1));
        using VaeTransformer model = Fit(data, options =>
        {
            options.LabelColumnName = "Half";
            options.NumberOfEpochs = 12;
            options.MaskingRate = 0.1;
        });
        const int draws = 50;
        var random = new Random(3);
        float[] latents = [.. Enumerable.Range(0, draws * model.LatentDimension).Select(_ => (float)random.NextNormal())];
        double LeftShare(uint label)
        {
            var pictures = new float[draws * model.InputSize];
            model.Decode(latents, [.. Enumerable.Repeat(label, draws)], pictures);
            return pictures.Where((_, index) => index % Side < Side / 2).Sum(pixel => (double)pixel) / pictures.Sum(pixel => (double)pixel);
        }

        (double left, double right) = (LeftShare(1), LeftShare(2));
        Assert.True(left > 0.75 && right < 0.25, $"{left:P0} and {right:P0} of the light is in the left half");
    }

    [Theory]
    [MemberData(nameof(BadNetworks))]
    public void A_bad_setting_fails_in_the_constructor(VaeNetwork.Convolutional network, string setting, string said)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Network = network)));
        Assert.Contains(setting, error.Message);
        Assert.Contains(said, error.Message);
    }

    [Fact]
    public void A_vector_of_another_size_than_the_image_s_is_named_before_training()
    {
        IDataView data = View(Squares(10, 1, 8, 9, seed: 1));
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(data, options => options.Network = new VaeNetwork.Convolutional(1, 9, 9)));
        Assert.Contains("1 x 9 x 9 = 81 values", error.Message);
        Assert.Contains("72", error.Message);
    }

    [Fact]
    public void Several_columns_are_no_image_even_if_their_sizes_add_up()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(_ => new Halves()));
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(data, options =>
        {
            options.InputColumns = ["Upper", "Lower"];
            options.ReconstructionColumnName = null;
            options.Network = new VaeNetwork.Convolutional(1, 8, 8);
        }));
        Assert.Contains("one vector", error.Message);
    }

    [Fact]
    public void A_key_of_as_many_categories_as_pixels_is_no_image()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(index => new Halves { Kind = (uint)index }));
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(data, options =>
        {
            options.InputColumns = ["Kind"];
            options.Network = new VaeNetwork.Convolutional(1, 8, 8);
        }));
        Assert.Contains("one vector", error.Message);
    }

    private static VaeNetwork.Convolutional Small { get; } = new(2, 9, 11) { LayerChannels = [3, 5], HiddenLayerSize = 4 };

    private static VaeNetworkShape ShapeOf(VaeNetwork.Convolutional settings, bool marks)
    {
        int pixels = settings.Channels * settings.Height * settings.Width;
        return new VaeNetworkShape(pixels, marks ? pixels : 0, Labels: 0, LatentDimension: 3, IsDeterministic: false, OnDevice.Cpu);
    }

    private static Generator Seeded(ulong seed) => new(seed, OnDevice.Cpu);

    private static nn.Module<Tensor, Tensor> Layer(nn.Module network, string kind, int index) =>
        (nn.Module<Tensor, Tensor>)network.modules().Where(module => module.GetType().Name == kind).ElementAt(index);

    // Weight and bias of a layer, drawn anew.
    private static (float[] Weight, float[] Bias) Randomised(nn.Module layer)
    {
        using IDisposable noGradient = no_grad();
        using Generator generator = Seeded(9);
        float[][] values = [.. layer.named_parameters().Select(each =>
        {
            each.parameter.copy_(randn(each.parameter.shape, generator: generator));
            return each.parameter.data<float>().ToArray();
        })];
        return (values[0], values[1]);
    }

    private static void AssertSame(Tensor expected, Tensor actual) => Assert.True((expected - actual).abs().max().item<float>() < 1e-5f);

    // A bright square on dark ground, in each colour as bright.
    private static Picture[] Squares(int count, int channels, int height, int width, int seed)
    {
        var random = new Random(seed);
        int size = 2 * Math.Min(height, width) / 5;
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            bool isRight = index % 2 == 1;
            int left = random.Next(width / 2 - size + 1) + (isRight ? width - width / 2 : 0);
            int top = random.Next(height - size + 1);
            float[] light = [.. Enumerable.Range(0, channels).Select(_ => 0.7f + 0.3f * random.NextSingle())];
            var picture = new Picture { Pixels = new float[channels * height * width], Half = isRight ? 1u : 0u };
            for (int i = 0; i < picture.Pixels.Length; i++)
            {
                (int x, int y, int channel) = (i % width, i / width % height, i / width / height);
                picture.Pixels[i] = x >= left && x < left + size && y >= top && y < top + size ? light[channel] : 0;
            }
            return picture;
        })];
    }

    private static double[] MeanOf(Picture[] pictures) => [.. Enumerable.Range(0, pictures[0].Pixels.Length).Select(pixel => pictures.Average(picture => (double)picture.Pixels[pixel]))];

    private static double SquaredError(float[] wanted, double[] found) => wanted.Zip(found).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second));

    private IDataView View(Picture[] pictures)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Picture));
        schema[nameof(Picture.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, pictures[0].Pixels.Length);
        return _ml.Data.LoadFromEnumerable(pictures, schema);
    }

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            InputColumnName = "Pixels",
            ReconstructionColumnName = "Again",
            ScoreColumnName = "Score",
            LatentDimension = 6,
            Likelihood = VaeLikelihood.Bernoulli,
            Network = new VaeNetwork.Convolutional(1, Side, Side) { LayerChannels = [6, 12], HiddenLayerSize = 24 },
            // Pictures are learned sooner if the latent is free at first.
            Objective = new VaeObjective.Elbo { WarmUp = VaeKlWarmUp.Linear(10) },
            BatchSize = 20,
            LearningRate = 5e-3,
            Seed = 7,
        };
        change(options);
        return _ml.Transforms.VariationalAutoencoder(options).Fit(data);
    }

    private sealed class Picture
    {
        [VectorType]
        public float[] Pixels { get; set; } = [];

        /// <summary>Counts from 0 here and from 1 in a column.</summary>
        [KeyType(2)]
        public uint Half { get; set; }

        /// <summary>Without a part of its pixels: of each, whether it is missing does not depend on what it is.</summary>
        public Picture WithHoles()
        {
            var random = new Random(Pixels.Length + (int)(1000 * Pixels.Select((pixel, index) => pixel * index).Sum()));
            return new Picture { Half = Half, Pixels = [.. Pixels.Select(pixel => random.NextDouble() < 0.4 ? float.NaN : pixel)] };
        }
    }

    private sealed class Halves
    {
        [VectorType(32)]
        public float[] Upper { get; set; } = new float[32];

        [VectorType(32)]
        public float[] Lower { get; set; } = new float[32];

        [KeyType(64)]
        public uint Kind { get; set; }
    }
}
