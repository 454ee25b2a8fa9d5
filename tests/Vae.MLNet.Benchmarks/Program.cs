using Vae.MLNet.Benchmarks;
using Vae.MLNet.Benchmarks.Measurements;
using Vae.MLNet.Benchmarks.Micro;

const string help = """
    Measures Vae.MLNet on this machine. Run it in Release, on an otherwise idle machine.

      peers [--runs 3] [--only NAME,...]  ours beside plain TorchSharp, PyTorch and scikit-learn, alternately: one table
      limit [--runs 3]                    how much of the machine's matrix products and memory bandwidth ours uses
      profile                             where the time of a training step goes
      micro [ARGUMENT ...]                the small things, by BenchmarkDotNet, which the arguments are for
      measure NAME                        one measurement in this process, as a line of JSON
    """;

// Not in this process, if somebody tuned it from outside.
if (args is ["profile" or "micro" or "measure", ..] && Machine.Tuning.Count > 0)
{
    return Contender.RunWithoutTuning(args);
}
switch (args)
{
    case ["peers", .. var rest] when Settings.Parse(rest) is { } settings:
        return Peers.Run(settings);
    case ["limit", .. var rest] when Settings.Parse(rest) is { } settings:
        return Limit.Run(settings);
    case ["profile"]:
        return Profile.Run();
    case ["micro", .. var rest]:
        MicroBenchmarks.Run(rest);
        return 0;
    case ["measure", var name] when Measurement.All.TryGetValue(name, out Func<IReadOnlyList<Figure>>? measure):
        Console.WriteLine(Report.OfThisProcess(measure()).ToJson());
        return 0;
    default:
        Console.WriteLine(help);
        Console.WriteLine($"\nNames: {string.Join(", ", Measurement.All.Keys)}.");
        return args is [] or ["help" or "--help" or "-h"] ? 0 : 2;
}
