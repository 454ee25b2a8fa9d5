using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>A real table: UCI Adult (Becker and Kohavi, 1996), six numbers and nine categories, of which three have holes.</summary>
public sealed class AdultTests(ITestOutputHelper output)
{
    private static readonly string[] s_numbers = ["Age", "FinalWeight", "EducationYears", "CapitalGain", "CapitalLoss", "HoursPerWeek"];
    private static readonly string[] s_categories = ["WorkClass", "Education", "MaritalStatus", "Occupation", "Relationship", "Race", "Sex", "NativeCountry", "Income"];

    [SkippableFact]
    public void Every_category_is_reconstructed_better_than_by_the_majority()
    {
        string? folder = Repository.Data("adult");
        Skip.If(folder is null, "Adult is not here: ../shared/data/adult is absent.");
        Row[] rows = [.. File.ReadLines(Path.Combine(folder!, "adult.csv")).Skip(1).Where(line => line.Length > 0).Select(Row.Parse)];
        Row[] train = [.. rows.Where((_, index) => index % 5 != 0)];
        Row[] heldOut = [.. rows.Where((_, index) => index % 5 == 0)];
        var ml = new MLContext(seed: 3);
        IDataView data = ml.Data.LoadFromEnumerable(train);

        using var model = ml.Transforms.Conversion.MapValueToKey([.. s_categories.Select(name => new InputOutputColumnPair(name))])
            .Append(ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
            {
                InputColumns = [.. s_numbers.Select(name => new VaeInputColumn(name) { Scaling = VaeScaling.Quantile }), .. s_categories.Select(name => new VaeInputColumn(name))],
                ReconstructionColumnSuffix = "Again",
                ScoreColumnName = "Score",
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue([.. s_categories.Select(name => new InputOutputColumnPair(name + "Text", name + "Again"))]))
            .Fit(data);
        string path = Path.GetTempFileName();
        try
        {
            ml.Model.Save(model, data.Schema, path);
            var other = new MLContext();
            using var loaded = (TransformerChain<ITransformer>)other.Model.Load(path, out _);
            IDataView scored = loaded.Transform(other.Data.LoadFromEnumerable(heldOut));
            Said[] reconstructed = [.. other.Data.CreateEnumerable<Said>(scored, reuseRowObject: false)];
            Assert.All(reconstructed, row => Assert.True(float.IsFinite(row.Score)));
            output.WriteLine($"average negative ELBO {reconstructed.Average(row => row.Score):F2} nats");
            foreach (string name in s_categories)
            {
                string[] truth = [.. heldOut.Select(row => row.Category(name))];
                string[] said = [.. reconstructed.Select(row => row.Category(name + "Text"))];
                string majority = train.Select(row => row.Category(name)).Where(value => value.Length > 0).GroupBy(value => value).MaxBy(group => group.Count())!.Key;
                int[] known = [.. Enumerable.Range(0, truth.Length).Where(index => truth[index].Length > 0)];
                double share = known.Average(index => truth[index] == majority ? 1.0 : 0);
                double accuracy = known.Average(index => truth[index] == said[index] ? 1.0 : 0);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: majority {share:P1}, reconstruction {accuracy:P1}"));
                Assert.True(share >= 0.9 || accuracy > share, $"{name}: majority {share}, reconstruction {accuracy}");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    public sealed class Row
    {
        public int Age { get; set; }

        public int FinalWeight { get; set; }

        public int EducationYears { get; set; }

        public int CapitalGain { get; set; }

        public int CapitalLoss { get; set; }

        public int HoursPerWeek { get; set; }

        public string WorkClass { get; set; } = "";

        public string Education { get; set; } = "";

        public string MaritalStatus { get; set; } = "";

        public string Occupation { get; set; } = "";

        public string Relationship { get; set; } = "";

        public string Race { get; set; } = "";

        public string Sex { get; set; } = "";

        public string NativeCountry { get; set; } = "";

        public string Income { get; set; } = "";

        public string Category(string name) => ValueOf(this, name);

        public static Row Parse(string line)
        {
            string[] fields = [.. line.Split(',').Select(field => field.Trim())];
            int Number(int index) => int.Parse(fields[index], CultureInfo.InvariantCulture);
            // An empty text is a missing value, also as a key.
            string Text(int index) => fields[index] == "?" ? "" : fields[index];
            return new Row
            {
                Age = Number(0),
                WorkClass = Text(1),
                FinalWeight = Number(2),
                Education = Text(3),
                EducationYears = Number(4),
                MaritalStatus = Text(5),
                Occupation = Text(6),
                Relationship = Text(7),
                Race = Text(8),
                Sex = Text(9),
                CapitalGain = Number(10),
                CapitalLoss = Number(11),
                HoursPerWeek = Number(12),
                NativeCountry = Text(13),
                Income = Text(14),
            };
        }
    }

    private static string ValueOf(object row, string name) => (string)row.GetType().GetProperty(name)!.GetValue(row)!;

    public sealed class Said
    {
        public float Score { get; set; }

        public string WorkClassText { get; set; } = "";

        public string EducationText { get; set; } = "";

        public string MaritalStatusText { get; set; } = "";

        public string OccupationText { get; set; } = "";

        public string RelationshipText { get; set; } = "";

        public string RaceText { get; set; } = "";

        public string SexText { get; set; } = "";

        public string NativeCountryText { get; set; } = "";

        public string IncomeText { get; set; } = "";

        public string Category(string name) => ValueOf(this, name);
    }
}
