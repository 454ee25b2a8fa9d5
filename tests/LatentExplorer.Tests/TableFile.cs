using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>A row of a table.</summary>
public sealed class Person
{
    public float Age { get; set; }

    public bool IsMember { get; set; }

    public string Town { get; set; } = "";
}

/// <summary>A small table as a CSV file, and models of it in files.</summary>
public sealed class TableFile : IDisposable
{
    public static readonly string[] Towns = ["Ulm, Donau", "Köln", "Aachen"];

    private const int Rows = 300;

    public TableFile()
    {
        Directory.CreateDirectory(Folder);
        var random = new Random(1);
        Person[] people = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(3)).Select(town => new Person { Age = MathF.Round(20 + 20 * town + 8 * random.NextSingle()), IsMember = random.Next(4) < town, Town = Towns[town] })];
        File.WriteAllLines(Csv, people.Select(person => string.Create(CultureInfo.InvariantCulture, $"{person.IsMember};{person.Age};\"{person.Town}\";{(person.Age > 50 ? "old" : "young")}")).Prepend("IsMember;Age;Town;Group"));
        Save(people, Model, _ => { });
        Save(people, Conditional, options =>
        {
            options.InputColumns = ["Age", "IsMember"];
            options.LabelColumnName = "Town";
        });
        Save(people, Plain, options => options.Objective = new VaeObjective.Autoencoder());
    }

    /// <summary>For files of tests.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"explorer-tests-{Guid.NewGuid():N}");

    /// <summary>The rows, with a column that the models do not read, in another order.</summary>
    public string Csv => Path.Combine(Folder, "people.csv");

    public string Model => Path.Combine(Folder, "people.zip");

    /// <summary>Is told the town.</summary>
    public string Conditional => Path.Combine(Folder, "conditional.zip");

    /// <summary>A plain autoencoder.</summary>
    public string Plain => Path.Combine(Folder, "plain.zip");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Save(Person[] people, string path, Action<VaeEstimator.Options> change)
    {
        var ml = new MLContext(1);
        IDataView rows = ml.Data.LoadFromEnumerable(people);
        var options = new VaeEstimator.Options
        {
            InputColumns = ["Age", "IsMember", "Town"],
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(32),
            NumberOfEpochs = 40,
            BatchSize = 32,
            LearningRate = 5e-3,
        };
        change(options);
        TransformerChain<VaeTransformer> model = ml.Transforms.Conversion.MapValueToKey("Town").Append(ml.Transforms.VariationalAutoencoder(options)).Fit(rows);
        ml.Model.Save(model, rows.Schema, path);
        ((IDisposable)model).Dispose();
    }
}
