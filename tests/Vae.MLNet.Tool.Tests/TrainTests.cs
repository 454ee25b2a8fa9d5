using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Tests;

/// <summary>vae train.</summary>
public sealed class TrainTests(People people) : IClassFixture<People>
{
    [Fact]
    public void Kinds_of_columns_are_told_apart_and_are_those_of_the_saved_schema()
    {
        using VaeTransformer vae = Load(people.WholeModel, out DataViewSchema schema);
        Assert.Equal(People.Header.Split(','), schema.Select(column => column.Name));
        Assert.Equal(TextDataViewType.Instance, schema["name"].Type);
        Assert.Equal(NumberDataViewType.Single, schema["age"].Type);
        Assert.Equal(TextDataViewType.Instance, schema["town"].Type);
        Assert.Equal(BooleanDataViewType.Instance, schema["member"].Type);
        Assert.Equal(["age", "height", "town", "member", "flag", "income"], vae.InputColumns.Select(column => column.Name));
        Assert.Equal(
            [VaeLikelihood.Gaussian, VaeLikelihood.Gaussian, VaeLikelihood.Categorical, VaeLikelihood.Bernoulli, VaeLikelihood.Bernoulli, VaeLikelihood.Gaussian],
            vae.InputColumns.Select(column => column.Likelihood!.Value));
        Assert.All(vae.InputColumns, column => Assert.Null(column.ImputedColumnName));
    }

    [Fact]
    public void A_model_is_an_ordinary_one_of_ML_NET_and_says_there_what_the_tool_says()
    {
        var ml = new MLContext(1);
        ITransformer model = ml.Model.Load(people.WholeModel, out _);
        using var memory = model as IDisposable;
        IDataView rows = ml.Data.LoadFromTextFile<Person>(people.Whole, ',', hasHeader: true, allowQuoting: true, trimWhitespace: true);
        float[] scores = [.. ml.Data.CreateEnumerable<Scored>(model.Transform(rows), reuseRowObject: false).Select(row => row.Score)];
        string[] told = ToolRun.Done("score", people.WholeModel, people.Whole, "--keep", "none").Columns()["Score"];
        Assert.Equal(scores, told.Select(text => float.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_same_rows_give_the_same_model_from_a_file_and_from_standard_input()
    {
        string piped = people.PathOf("piped.zip");
        ToolRun run = ToolRun.Of(File.ReadAllText(people.Table), ["train", "--out", piped, .. People.SmallSettings]);
        Assert.Equal((ExitCode.Done, "", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(Latents(people.Model), Latents(piped));
    }

    [Fact]
    public void Progress_is_lines_on_the_error_output()
    {
        ToolRun run = ToolRun.Of("", ["train", people.Table, "--out", people.PathOf("progress.zip"), .. People.SmallSettings[..^1], "--validation", "0.2"]);
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("", run.Output);
        Assert.Equal("vae: training on 200 rows", lines[0].TrimEnd());
        Assert.Equal(5, lines.Length);
        Assert.Matches(@"^vae: epoch 4/4: ELBO -?[0-9.]+, KL [0-9.]+, validation -?[0-9.]+, [0-2] active, [0-9]+ rows/s, 0 s left", lines[^1]);
    }

    [Fact]
    public void A_table_without_a_header_has_numbered_columns_and_so_have_its_results_none()
    {
        string table = people.Write("bare.csv", string.Join('\n', Enumerable.Range(0, 50).Select(row => $"{row},{(row % 2 == 0 ? "a" : "b")},{row * 0.5}")));
        string model = people.PathOf("bare.zip");
        ToolRun.Done("train", table, "-o", model, "--latent", "1", "--layers", "8", "--epochs", "2", "--quiet");
        using (VaeTransformer vae = Load(model, out _))
        {
            Assert.Equal(["Column1", "Column2", "Column3"], vae.InputColumns.Select(column => column.Name));
        }
        Assert.Equal(50, ToolRun.Done("encode", model, table).Lines.Length);
        Assert.Equal(3, ToolRun.Done("sample", model, "-n", "3").Lines.Length);
        // An empty part of such a table is a part.
        Assert.Equal("", ToolRun.Done("score", model).Output);
        Assert.StartsWith("0,a,0,", ToolRun.Done("score", model, table).Lines[0]);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", true)]
    [InlineData("0,1,2\n5,5,5\n6,6,6\n", true)]
    [InlineData("label,0,1,2\n7,5,5,5\n7,6,6,6\n", true)]
    [InlineData("1,2\n3,4\n", false)]
    [InlineData("x,2\ny,4\n", false)]
    [InlineData("a,?\nb,c\n", false)]
    [InlineData("a,a\nb,c\n", false)]
    public void A_header_is_known_by_its_looks(string text, bool isHeader)
    {
        using var source = Files.InputSource.Open(people.Write($"header{Guid.NewGuid():N}.csv", text), new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null), again: true, default);
        var profile = Csv.TableProfile.Read(source, new Csv.CsvFormat(',', Csv.CsvHeader.Auto, ["?"]), 1000, default);
        Assert.Equal(isHeader, profile.HasHeader);
    }

    [Fact]
    public void A_column_is_what_the_command_line_says()
    {
        string model = people.PathOf("said.zip");
        ToolRun.Done(["train", people.Whole, "-o", model, .. People.SmallSettings, "--column", "age=category", "--column", "income=student-t,quantile", "--scaling", "quantile"]);
        using VaeTransformer vae = Load(model, out _);
        Dictionary<string, VaeInputColumn> columns = vae.InputColumns.ToDictionary(column => column.Name);
        Assert.Equal(VaeLikelihood.Categorical, columns["age"].Likelihood);
        Assert.Equal((VaeLikelihood.StudentT, VaeScaling.Quantile), (columns["income"].Likelihood, columns["income"].Scaling));
        Assert.Equal((VaeLikelihood.Gaussian, VaeScaling.Quantile), (columns["height"].Likelihood, columns["height"].Scaling));
    }

    [Fact]
    public void Settings_are_the_librarys_unless_they_are_said()
    {
        string model = people.PathOf("settings.zip");
        ToolRun.Done("train", people.Whole, "-o", model, "--ignore", "name", "--epochs", "1", "--quiet");
        using (VaeTransformer usual = Load(model, out _))
        {
            var wanted = new VaeEstimator.Options();
            Assert.Equal(wanted.LatentDimension, usual.LatentDimension);
            Assert.Equal(((VaeNetwork.Dense)wanted.Network).HiddenLayerSizes, ((VaeNetwork.Dense)usual.Network).HiddenLayerSizes);
        }
        ToolRun.Done("train", people.Whole, "-o", model, "--ignore", "name", "--epochs", "1", "--quiet", "--anomalies", "--prior", "vamp", "--components", "7", "--objective", "elbo", "--beta", "2", "--layers", "9,8", "--activation", "tanh");
        using VaeTransformer said = Load(model, out _);
        Assert.Equal(2, said.LatentDimension);
        Assert.Equal(7, Assert.IsType<VaePrior.Vamp>(said.Prior).Components);
        var network = Assert.IsType<VaeNetwork.Dense>(said.Network);
        Assert.Equal([9, 8], network.HiddenLayerSizes);
        Assert.Equal(VaeActivation.Tanh, network.Activation);
        Assert.Equal(VaeLikelihood.StudentT, said.InputColumns.Single(column => column.Name == "age").Likelihood);
    }

    [Fact]
    public void Cells_are_pixels_of_images()
    {
        var random = new Random(1);
        string table = people.Write("images.csv", "kind," + string.Join(',', Enumerable.Range(0, 64).Select(pixel => $"p{pixel}")) + "\n"
            + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row % 2},{string.Join(',', Enumerable.Range(0, 64).Select(pixel => row % 2 == pixel / 32 ? random.Next(200, 256) : random.Next(50)))}\n")));
        string model = people.PathOf("images.zip");
        ToolRun.Done("train", table, "-o", model, "--image", "8x8", "--label", "kind", "--latent", "2", "--network", "convolutional", "--channels", "4", "--layers", "16", "--epochs", "30", "--batch", "8", "--learning-rate", "0.01", "--quiet");
        using (VaeTransformer vae = Load(model, out DataViewSchema schema))
        {
            var network = Assert.IsType<VaeNetwork.Convolutional>(vae.Network);
            Assert.Equal((1, 8, 8, 16), (network.Channels, network.Height, network.Width, network.HiddenLayerSize));
            Assert.Equal([4], network.LayerChannels);
            Assert.Equal(64, Assert.IsType<VectorDataViewType>(schema["Pixels"].Type).Size);
        }
        ToolRun sample = ToolRun.Done("sample", model, "-n", "4", "--label", "1", "--mean");
        Assert.Equal(File.ReadLines(table).First(), sample.Lines[0]);
        int[] pixels = [.. sample.Lines[1].Split(',').Skip(1).Select(int.Parse)];
        Assert.StartsWith("1,", sample.Lines[1]);
        Assert.All(pixels, pixel => Assert.InRange(pixel, 0, 255));
        Assert.True(pixels[32..].Average() > 150 && pixels[..32].Average() < 90, $"{pixels[32..].Average()} {pixels[..32].Average()}");
        Assert.Equal(64, ToolRun.Done("reconstruct", model, table).Lines[1].Split(',').Length);
    }

    [Fact]
    public void Cancelled_training_leaves_its_checkpoint_and_goes_on_to_the_same_model()
    {
        string model = people.PathOf("cancelled.zip");
        string[] args = ["train", people.Table, "--out", model, .. People.SmallSettings[..^1], "--checkpoint", people.PathOf("checkpoint")];
        using var cancellation = new CancellationTokenSource();
        using var error = new CancellingWriter("epoch 2/4", cancellation);
        ExitCode code = VaeTool.Run(args, new ToolStreams(Stream.Null, Stream.Null, error), cancellation.Token);
        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Contains("goes on from the checkpoint", error.ToString());
        Assert.False(File.Exists(model));
        ToolRun second = ToolRun.Of("", args);
        Assert.DoesNotContain("epoch 2/4", second.Error);
        Assert.Contains("epoch 4/4", second.Error);
        Assert.Equal(Latents(people.Model), Latents(model));
    }

    // Weights of the same training are the same; the model files differ in how long epochs took.
    private string Latents(string model) => ToolRun.Done("encode", model, people.Table).Output;

    private static VaeTransformer Load(string path, out DataViewSchema schema)
    {
        ITransformer model = new MLContext(1).Model.Load(path, out schema);
        return model as VaeTransformer ?? ((IEnumerable<ITransformer>)model).OfType<VaeTransformer>().Single();
    }

    private sealed class CancellingWriter(string at, CancellationTokenSource cancellation) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(at, StringComparison.Ordinal) == true)
            {
                cancellation.Cancel();
            }
        }
    }

    private sealed class Person
    {
        [LoadColumn(1), ColumnName("age")]
        public float Age { get; set; }

        [LoadColumn(2), ColumnName("height")]
        public float Height { get; set; }

        [LoadColumn(3), ColumnName("town")]
        public string Town { get; set; } = "";

        [LoadColumn(4), ColumnName("member")]
        public bool Member { get; set; }

        [LoadColumn(5), ColumnName("flag")]
        public float Flag { get; set; }

        [LoadColumn(6), ColumnName("income")]
        public float Income { get; set; }
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }
}
