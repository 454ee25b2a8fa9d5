using System.Globalization;
using Vae.MLNet.Reliability;

const string help = """
    Tries what can go wrong, many times, and prints a table of what came of it. Exit code 1 if a promise was not kept.

      all [--short] [--seed 1]        every run, each in a process of its own
      NAME ... [--short] [--seed 1]   some of them
      keep FOLDER                     writes the files of today's format, to be kept with a release

    """;

if (args is ["keep", var kept])
{
    Vae.MLNet.Reliability.ModelFiles.ReleasedFormats.Keep(kept);
    return 0;
}
if (args is ["child", .. var task])
{
    return Vae.MLNet.Reliability.Faults.Child.Do(task);
}
// What the run "platform" starts.
if (args is [Vae.MLNet.Reliability.Platform.PlatformWork.Command, var folder, var culture, .. var reference])
{
    Vae.MLNet.Reliability.Platform.PlatformWork.Do(folder, culture, reference is [var path] ? path : null);
    return 0;
}
var names = new List<string>();
var effort = new Effort(IsShort: false, Seed: 1);
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--short")
    {
        effort = effort with { IsShort = true };
    }
    else if (args[i] == "--seed" && i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int seed))
    {
        effort = effort with { Seed = seed };
        i++;
    }
    else
    {
        names.Add(args[i]);
    }
}
Run[] runs = names is ["all"] ? [.. Run.All] : [.. Run.All.Where(run => names.Contains(run.Name))];
if (runs.Length == 0 || names is not ["all"] && runs.Length != names.Count)
{
    Console.WriteLine(help + string.Join('\n', Run.All.Select(run => $"  {run.Name,-16}{run.Description}")));
    return 2;
}

Console.WriteLine("| kind of fault or input | tried | outcome |\n| --- | --- | --- |");
var total = new Kept();
foreach (Run run in runs)
{
    total += runs.Length == 1 ? InThisProcess(run) : SeparateRun.Do(run, effort);
}
Console.WriteLine($"\n{total}");
return total.Failed == 0 ? 0 : 1;

Kept InThisProcess(Run run)
{
    var kept = new Kept();
    foreach (Outcome outcome in run.Try(effort))
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {outcome.Kind} | {outcome.Tried:N0} | {outcome.Result} |"));
        foreach (string violation in outcome.Violations)
        {
            Console.Error.WriteLine($"{outcome.Kind}: {violation}");
        }
        kept += outcome.Violations.Count == 0 ? new Kept(Passed: 1) : new Kept(Failed: 1);
    }
    return kept;
}
