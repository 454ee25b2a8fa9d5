using System.Globalization;

namespace Vae.MLNet.Sampling.Persistence;

/// <summary>A setting that two samplers have: checked, and as a text in a file.</summary>
internal static class Temperatures
{
    private const string Name = "temperature";

    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or not finite.</exception>
    public static double Required(double temperature) => temperature > 0 && double.IsFinite(temperature)
        ? temperature
        : throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature is to be a finite number above 0.");

    public static (string Name, string Text) Text(double temperature) => (Name, temperature.ToString("R", CultureInfo.InvariantCulture));

    /// <exception cref="FormatException">There is none, or it is none.</exception>
    public static double Of(SamplerBlock block) => double.TryParse(block.Text(Name), NumberStyles.Float, CultureInfo.InvariantCulture, out double temperature) && temperature > 0 && double.IsFinite(temperature)
        ? temperature
        : throw new FormatException("The temperature is not a number above 0.");
}
