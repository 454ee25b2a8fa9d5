using System.Globalization;
using System.Text;

namespace Vae.MLNet.Tool.Tests;

/// <summary>A table with columns of every kind, and models of it. One for all tests.</summary>
public sealed class People : IDisposable
{
    public const string Header = "name,age,height,town,member,flag,income";
    public const int Count = 200;

    private static readonly string[] s_towns = ["Köln", "New York", "Ulm, Donau"];

    public People()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Table, Rows(Count, holes: true));
        File.WriteAllText(Whole, Rows(Count, holes: false));
        Train(Table, Model);
        Train(Table, Conditional, "--label", "town");
        Train(Whole, WholeModel);
    }

    /// <summary>For files of tests.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"vae-tool-tests-{Guid.NewGuid():N}");

    /// <summary>Ages and towns are missing here and there.</summary>
    public string Table => PathOf("people.csv");

    /// <summary>Nothing is missing.</summary>
    public string Whole => PathOf("whole.csv");

    /// <summary>Of <see cref="Table"/>, without the names.</summary>
    public string Model => PathOf("people.zip");

    /// <summary>The same, told the town.</summary>
    public string Conditional => PathOf("conditional.zip");

    /// <summary>Of <see cref="Whole"/>.</summary>
    public string WholeModel => PathOf("whole.zip");

    public static IReadOnlyList<string> Towns => s_towns;

    public static string[] SmallSettings { get; } = ["--ignore", "name", "--latent", "2", "--layers", "16", "--epochs", "4", "--batch", "32", "--threads", "1", "--quiet"];

    /// <summary>Rows under a header. The town tells the height, the age the income.</summary>
    public static string Rows(int count, bool holes, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder(Header).Append('\n');
        for (int row = 0; row < count; row++)
        {
            int town = random.Next(3);
            int age = random.Next(18, 80);
            string height = (1.5 + 0.15 * town + 0.01 * random.NextDouble()).ToString("F4", CultureInfo.InvariantCulture);
            string ageText = holes && row % 7 == 3 ? "?" : $"{age}";
            string townText = holes && row % 11 == 5 ? "" : $"\"{s_towns[town]}\"";
            text.Append(CultureInfo.InvariantCulture, $"p{row}, {ageText},{height},{townText},{(age > 40 ? "True" : "False")},{random.Next(2)},{1000 * age + random.Next(100)}\n");
        }
        return text.ToString();
    }

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file for a test.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Train(string table, string model, params string[] more) => ToolRun.Done(["train", table, "--out", model, .. SmallSettings, .. more]);
}
