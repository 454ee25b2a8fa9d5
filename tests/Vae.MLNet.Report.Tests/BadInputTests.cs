using Microsoft.ML;

namespace Vae.MLNet.Report.Tests;

/// <summary>What cannot be reported on is said, and leaves no file.</summary>
public sealed class BadInputTests(TableModel table) : IClassFixture<TableModel>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("report").FullName;

    [Fact]
    public void A_file_is_written_whole_and_replaces_the_one_before()
    {
        string path = Path.Combine(_folder, "report.html");
        File.WriteAllText(path, "before");
        VaeReport.Save(table.Ml, table.Model, table.Data, path);
        Assert.Equal([path], Directory.GetFiles(_folder));
        using var stream = new MemoryStream();
        VaeReport.Save(table.Ml, table.Model, table.Data, stream);
        Assert.True(stream.CanWrite);
        Assert.Equal(stream.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    public void Too_few_rows_are_refused_and_the_file_before_stays()
    {
        string path = Path.Combine(_folder, "report.html");
        File.WriteAllText(path, "before");
        Assert.Contains("There are no rows", Assert.Throws<InvalidOperationException>(() => VaeReport.Save(table.Ml, table.Model, Rows(0), path)).Message, StringComparison.Ordinal);
        Assert.Contains("There is 1 row", Assert.Throws<InvalidOperationException>(() => VaeReport.Save(table.Ml, table.Model, Rows(1), path)).Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_folder));
        Assert.Equal("before", File.ReadAllText(path));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_beside_it()
    {
        string path = Path.Combine(_folder, "folder");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(() => VaeReport.Save(table.Ml, table.Model, table.Data, path));
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.ThrowsAny<IOException>(() => VaeReport.Save(table.Ml, table.Model, table.Data, Path.Combine(_folder, "none", "report.html")));
    }

    [Fact]
    public void A_model_without_a_vae_is_refused()
    {
        ITransformer model = table.Ml.Transforms.CopyColumns("Copy", "Whole").Fit(table.Data);
        ArgumentException error = Assert.Throws<ArgumentException>(() => VaeReport.Save(table.Ml, model, table.Data, new MemoryStream()));
        Assert.Contains("0 variational autoencoders", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_column_and_a_wrong_setting_are_named()
    {
        IDataView less = table.Ml.Transforms.DropColumns("Whole").Fit(table.Data).Transform(table.Data);
        Assert.Contains("'Whole'", Assert.Throws<ArgumentOutOfRangeException>(() => VaeReport.Save(table.Ml, table.Model, less, new MemoryStream())).Message, StringComparison.Ordinal);
        void Refused(string setting, VaeReportOptions options) =>
            Assert.Contains(setting, Assert.ThrowsAny<ArgumentException>(() => VaeReport.Save(table.Ml, table.Model, table.Data, new MemoryStream(), options)).Message, StringComparison.Ordinal);
        Refused("'None'", new VaeReportOptions { LabelColumnName = "None" });
        Refused("MaximumRows", new VaeReportOptions { MaximumRows = 1 });
        Refused("LogLikelihoodDraws", new VaeReportOptions { LogLikelihoodDraws = 0 });
        Refused("Title", new VaeReportOptions { Title = " " });
        Refused("ImageShape", new VaeReportOptions { ImageShape = new VaeImageShape(28, 28) });
        Refused("ImageShape", new VaeReportOptions { ImageShape = new VaeImageShape(28, 28, 2) });
    }

    [Fact]
    public void Cancelled_it_leaves_nothing()
    {
        string path = Path.Combine(_folder, "report.html");
        Assert.Throws<OperationCanceledException>(() => VaeReport.Save(table.Ml, table.Model, table.Data, path, new VaeReportOptions { CancellationToken = new CancellationToken(canceled: true) }));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IDataView Rows(int count) => table.Ml.Data.LoadFromEnumerable(TableRow.Make(count));
}
