namespace Vae.MLNet.Samples;

/// <summary>
/// Makes up the readings of a weather station beside a solar panel and a wind turbine: numbers that depend on each other in ways that no straight line describes, and on clouds that nobody measures.
/// </summary>
public static class WeatherStation
{
    private const int Readings = 5000;

    private static readonly string[] s_names = ["Hour", "Day", "Radiation", "Temperature", "Humidity", "DewPoint", "Pressure", "Wind", "SolarPower", "WindPower"];

    /// <summary>5,000 readings at random hours of a year, the same for the same seed.</summary>
    public static NumberTable Read(int seed)
    {
        var random = new Random(seed);
        return new NumberTable(s_names, [.. Enumerable.Range(0, Readings).Select(_ => One(random))]);
    }

    private static float[] One(Random random)
    {
        double Normal() => StandardNormal.Draw(1, random.Next())[0];
        double hour = 24 * random.NextDouble();
        double day = 365 * random.NextDouble();
        double clouds = random.NextDouble();
        double season = Math.Cos(2 * Math.PI * (day - 172) / 365);

        // The sun's height at 50 degrees north, in W/m2 through the clouds.
        (double sine, double cosine) = Math.SinCos(0.409 * season);
        double height = 0.766 * sine + 0.643 * cosine * Math.Cos(2 * Math.PI * (hour - 12) / 24);
        double radiation = 1000 * Math.Max(0, height) * (1 - 0.8 * clouds) * (1 + 0.03 * Normal());
        double temperature = 10 + 9 * season + (6 - 4 * clouds) * Math.Cos(2 * Math.PI * (hour - 15) / 24) + 2 * Normal();
        double humidity = Math.Clamp(60 + 30 * clouds - 0.025 * radiation + 4 * Normal(), 15, 100);
        // Magnus' formula, in degrees Celsius.
        double vapour = Math.Log(humidity / 100) + 17.62 * temperature / (243.12 + temperature);
        double dewPoint = 243.12 * vapour / (17.62 - vapour) + 0.2 * Normal();
        double pressure = 1013 + 12 * (0.5 - clouds) + 4 * Normal();
        double wind = 5 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) + 2 * clouds;
        // Watts of a square metre of cells, which heat makes worse, and kilowatts of a turbine between 3 and 12 m/s.
        double solar = 0.2 * radiation * (1 - 0.004 * (temperature + 0.03 * radiation - 25)) * (1 + 0.02 * Normal());
        double turbine = wind < 3 ? 0 : 50 * Math.Pow(Math.Min(wind, 12) / 12, 3) * (1 + 0.03 * Normal());
        return [.. new[] { hour, day, radiation, temperature, humidity, dewPoint, pressure, wind, solar, turbine }.Select(value => (float)Math.Round(value, 2))];
    }
}
