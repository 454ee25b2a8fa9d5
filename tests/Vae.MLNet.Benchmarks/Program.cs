using Vae.MLNet.Benchmarks;
using Vae.MLNet.Benchmarks.Measurements;

const string help = """
    Measures Vae.MLNet on this machine. Run it in Release, on an otherwise idle machine.

      peers [--runs 3] [--only NAME,...]  ours beside PyTorch, scikit-learn and raw TorchSharp, alternately: one table
      limit [--runs 3]                    how much of the machine's matrix products and memory bandwidth ours uses
      profile                             where the time of a training step goes
      measure NAME                        one measurement in this process, as a line of JSON
    """;

switch (args)
{
    case ["peers", .. var rest]:
        return Peers.Run(Settings.Parse(rest));
    case ["limit", .. var rest]:
        return Limit.Run(Settings.Parse(rest));
    case ["profile"]:
        return Profile.Run();
    case ["measure", var name] when Measurement.All.TryGetValue(name, out Func<IReadOnlyList<Figure>>? measure):
        Console.WriteLine(Report.OfThisProcess(measure()).ToJson());
        return 0;
    default:
        Console.WriteLine(help);
        Console.WriteLine($"\nNames: {string.Join(", ", Measurement.All.Keys)}.");
        return args is [] or ["help" or "--help" or "-h"] ? 0 : 2;
}
