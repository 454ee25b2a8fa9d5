using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Tests;

/// <summary>Own encoders and decoders, known by a name: trained, saved and loaded like ours.</summary>
public sealed class CustomNetworkTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("vae own networks ").FullName;

    public CustomNetworkTests() => OwnNetworks.Register();

    public static TheoryData<VaeNetwork.Custom> Networks =>
        new(new VaeNetwork.Custom(OwnNetworks.Sequential, "14"), new VaeNetwork.Custom(OwnNetworks.Residual));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Networks))]
    public void An_own_network_learns_repeats_itself_and_survives_a_file(VaeNetwork.Custom network)
    {
        IDataView data = _ml.View(300);
        using VaeTransformer model = Fit(data, network);
        Assert.True(model.History[^1].Elbo > model.History[0].Elbo + 1, $"{model.History[0].Elbo} to {model.History[^1].Elbo}");
        TestOutput[] outputs = _ml.Outputs(model.Transform(data));

        ITransformer loaded = _ml.SavedAndLoaded(model, data.Schema);
        TestRows.AssertEqual(outputs, _ml.Outputs(loaded.Transform(data)), 0);
        Assert.Equal(network, SavedWeights.VaeOf(loaded).Network);

        // TorchSharp's global generator, which made the modules, has moved on.
        using VaeTransformer again = Fit(data, network);
        TestRows.AssertEqual(outputs, _ml.Outputs(again.Transform(data)), 0);
    }

    [Fact]
    public void The_weights_in_the_file_are_those_of_the_modules()
    {
        TestRow[] rows = TestRows.Make(50);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = Fit(data, new VaeNetwork.Custom(OwnNetworks.Sequential, "5"), options => options.InputColumns = [new VaeInputColumn("Features") { Scaling = VaeScaling.None }]);
        IReadOnlyDictionary<string, SavedTensor> weights = SavedWeights.Of(_ml, model, data.Schema);
        double[] Layer(string name, double[] x) =>
            [.. weights[$"encoder.module.{name}.bias"].Values.Select((bias, output) => bias + x.Select((value, slot) => value * weights[$"encoder.module.{name}.weight"].Values[output * x.Length + slot]).Sum())];
        TestOutput[] outputs = _ml.Outputs(model.Transform(data));
        for (int row = 0; row < rows.Length; row++)
        {
            double[] hidden = [.. Layer("first", [.. rows[row].Features.Select(value => (double)value)]).Select(Math.Tanh)];
            TestRows.AssertClose([.. Layer("last", hidden).Select(value => (float)value)], [.. outputs[row].Latent, .. outputs[row].LogVariance], 1e-4f);
        }
    }

    [Fact]
    public void Weights_and_biases_are_drawn_anew_and_other_parameters_stay()
    {
        using TorchSharp.torch.Generator generator = new(3, OnDevice.Cpu);
        using IDisposable noGradient = TorchSharp.torch.no_grad();
        var shape = new VaeNetworkShape(6, 0, 0, 2, IsDeterministic: false, OnDevice.Cpu);
        (Network encoder, Network decoder) = new VaeNetwork.Custom(OwnNetworks.Residual).Create(shape);
        using (encoder)
        using (decoder)
        {
            decoder.Initialise(generator);
            Dictionary<string, float[]> parameters = decoder.named_parameters().ToDictionary(each => each.name, each => each.parameter.data<float>().ToArray());
            Assert.Equal([1, 1, 1, 1, 1, 1], parameters["module.gain.factor"]);
            Assert.All(parameters["module.block.bias"], value => Assert.Equal(0, value));
            // U(-sqrt(3 / fan in), sqrt(3 / fan in)), of 12 inputs.
            Assert.InRange(parameters["module.block.weight"].Max(Math.Abs), 0.45f, 0.5f);
            // What starts at the mean row is the bias, and not the gain behind it.
            decoder.OutputBias!.fill_(7);
            Assert.Equal([7, 7, 7, 7, 7, 7], decoder.named_parameters().Single(each => each.name == "module.leave.bias").parameter.data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_process_needs_the_factory_and_nothing_else(bool registers)
    {
        TestRow[] rows = TestRows.Make(100);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = Fit(data, new VaeNetwork.Custom(OwnNetworks.Residual));
        string modelPath = Path.Combine(_folder, "model.zip");
        _ml.Model.Save(model, data.Schema, modelPath);
        string rowsPath = Path.Combine(_folder, "rows.f32");
        File.WriteAllBytes(rowsPath, MemoryMarshal.AsBytes<float>([.. rows.SelectMany(row => row.Features)]).ToArray());

        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ModelReader.dll"));
        start.ArgumentList.Add(modelPath);
        start.ArgumentList.Add(rowsPath);
        start.Environment["DOTNET_STARTUP_HOOKS"] = registers ? typeof(OwnNetworks).Assembly.Location : "";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        if (!registers)
        {
            Assert.NotEqual(0, process.ExitCode);
            Assert.Contains($"the factory '{OwnNetworks.Residual}', which is not known here: call VaeNetwork.Register(\"{OwnNetworks.Residual}\", ...) first", await errors);
            return;
        }
        Assert.True(process.ExitCode == 0, await errors);
        string[] expected = [.. _ml.Outputs(model.Transform(data)).Select(output =>
            $"transform {Convert.ToHexString(MemoryMarshal.AsBytes<float>([.. output.Latent, .. output.LogVariance, .. output.Draw, .. output.Reconstruction, output.Score]))}")];
        Assert.Equal(expected, lines.Where(line => line.StartsWith("transform", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_factory_that_is_not_known_is_named_by_the_constructor()
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(_ml.View(10), new VaeNetwork.Custom("tests: nobody")));
        Assert.Contains("'tests: nobody'", error.Message);
        Assert.Contains("VaeNetwork.Register", error.Message);
        Assert.ThrowsAny<ArgumentException>(() => VaeNetwork.Register(" ", (_, _) => throw new InvalidOperationException()));
        Assert.Throws<ArgumentNullException>(() => VaeNetwork.Register("tests: null", null!));
        Assert.ThrowsAny<ArgumentException>(() => Fit(_ml.View(10), new VaeNetwork.Custom("")));
    }

    [Theory]
    [InlineData("encoder", 3, 6, "[2, 3] of 2 rows of 6 numbers; wanted is [2, 4]")]
    [InlineData("decoder", 4, 7, "[2, 7] of 2 rows of 2 numbers; wanted is [2, 6]")]
    public void A_wrong_output_shape_is_named_before_training(string role, int encoderOutputs, int decoderOutputs, string said)
    {
        string factory = $"tests: wrong {role}";
        VaeNetwork.Register(factory, (shape, _) => (OwnNetworks.Layers(shape.EncoderInputs, 5, encoderOutputs), OwnNetworks.Layers(shape.DecoderInputs, 5, decoderOutputs)));
        var progress = new Epochs();
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(_ml.View(20), new VaeNetwork.Custom(factory), options => options.Progress = progress));
        Assert.Contains($"The {role} of the factory '{factory}' makes {said}", error.Message);
        Assert.Empty(progress.All);
    }

    [Fact]
    public void A_module_that_cannot_take_its_input_is_named_before_training()
    {
        const string factory = "tests: deaf";
        VaeNetwork.Register(factory, (shape, _) => (OwnNetworks.Layers(99, 5, shape.EncoderOutputs), OwnNetworks.Layers(shape.DecoderInputs, 5, shape.DecoderOutputs)));
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(_ml.View(20), new VaeNetwork.Custom(factory)));
        Assert.Contains($"The encoder of the factory '{factory}'", error.Message);
        Assert.Contains("[2, 6]", error.Message);
    }

    [Fact]
    public void A_factory_that_makes_nothing_is_named()
    {
        const string factory = "tests: nothing";
        VaeNetwork.Register(factory, (_, _) => default);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => Fit(_ml.View(20), new VaeNetwork.Custom(factory)));
        Assert.Contains(factory, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"sizes\": [1, 2],\n\t\"text\": \"\\\"ü\u4e2d\U0001F600\" }")]
    [InlineData("</script> ' & \u0001")]
    public void The_configuration_s_text_comes_back_as_it_was(string configuration)
    {
        const string factory = "tests: listener";
        var told = new List<string>();
        VaeNetwork.Register(factory, (shape, text) =>
        {
            told.Add(text);
            return (OwnNetworks.Layers(shape.EncoderInputs, 3, shape.EncoderOutputs), OwnNetworks.Layers(shape.DecoderInputs, 3, shape.DecoderOutputs));
        });
        IDataView data = _ml.View(20);
        using VaeTransformer model = Fit(data, new VaeNetwork.Custom(factory, configuration));
        ITransformer loaded = _ml.SavedAndLoaded(model, data.Schema);
        Assert.Equal([configuration, configuration], told);
        Assert.Equal(configuration, Assert.IsType<VaeNetwork.Custom>(SavedWeights.VaeOf(loaded).Network).Configuration);
    }

    [Fact]
    public void A_factory_that_makes_other_modules_than_it_did_is_an_error_of_loading()
    {
        const string factory = "tests: fickle";
        int hidden = 5;
        VaeNetwork.Register(factory, (shape, _) => (OwnNetworks.Layers(shape.EncoderInputs, hidden, shape.EncoderOutputs), OwnNetworks.Layers(shape.DecoderInputs, hidden, shape.DecoderOutputs)));
        IDataView data = _ml.View(20);
        using VaeTransformer model = Fit(data, new VaeNetwork.Custom(factory));
        hidden = 6;
        Exception? error = Record.Exception(() => _ml.SavedAndLoaded(model, data.Schema));
        while (error is TargetInvocationException or InvalidOperationException { InnerException: TargetInvocationException })
        {
            error = error.InnerException;
        }
        Assert.Contains("encoder.module.first.weight", Assert.IsType<FormatException>(error).Message);
    }

    private VaeTransformer Fit(IDataView data, VaeNetwork.Custom network, Action<VaeEstimator.Options>? change = null) => TestRows.Fit(_ml, data, options =>
    {
        options.Network = network;
        options.NumberOfEpochs = 10;
        options.BatchSize = 25;
        options.LearningRate = 5e-3;
        change?.Invoke(options);
    });

    private sealed class Epochs : IProgress<VaeProgress>
    {
        public List<VaeProgress> All { get; } = [];

        public void Report(VaeProgress value) => All.Add(value);
    }
}
