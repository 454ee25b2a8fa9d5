using System.Globalization;

namespace Vae.MLNet.Quality.Adult;

/// <summary>A row of UCI Adult (Becker and Kohavi, 1996): six numbers, as a trainer wants them, and nine categories, of which an empty text is a missing value.</summary>
internal sealed class AdultRow
{
    public static IReadOnlyList<string> Numbers { get; } = ["Age", "FinalWeight", "EducationYears", "CapitalGain", "CapitalLoss", "HoursPerWeek"];

    /// <summary>The categories without the one that is to be predicted.</summary>
    public static IReadOnlyList<string> Features { get; } =
        ["WorkClass", "Education", "MaritalStatus", "Occupation", "Relationship", "Race", "Sex", "NativeCountry"];

    public static IReadOnlyList<string> Categories { get; } = [.. Features, nameof(Income)];

    public float Age { get; init; }

    public float FinalWeight { get; init; }

    public float EducationYears { get; init; }

    public float CapitalGain { get; init; }

    public float CapitalLoss { get; init; }

    public float HoursPerWeek { get; init; }

    public string WorkClass { get; init; } = "";

    public string Education { get; init; } = "";

    public string MaritalStatus { get; init; } = "";

    public string Occupation { get; init; } = "";

    public string Relationship { get; init; } = "";

    public string Race { get; init; } = "";

    public string Sex { get; init; } = "";

    public string NativeCountry { get; init; } = "";

    public string Income { get; init; } = "";

    /// <summary>Reads a line of the file.</summary>
    public static AdultRow Parse(string line)
    {
        string[] fields = [.. line.Split(',').Select(field => field.Trim())];
        float Number(int index) => float.Parse(fields[index], CultureInfo.InvariantCulture);
        string Text(int index) => fields[index] == "?" ? "" : fields[index];
        return new AdultRow
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
