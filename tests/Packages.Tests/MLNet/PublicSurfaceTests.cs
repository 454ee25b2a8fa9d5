using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Xunit;

namespace Packages.Tests.MLNet;

/// <summary>A polyfill has nothing public that the real package has not, and nothing with another signature.</summary>
public partial class PublicSurfaceTests
{
    private static readonly string[] Assemblies = ["Microsoft.ML.DataView", "Microsoft.ML.Core", "Microsoft.ML.Data", "Microsoft.ML.Transforms", "Microsoft.ML.StandardTrainers"];

    [SkippableFact]
    public void Everything_public_is_in_the_list_of_the_real_package()
    {
        string version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Skip.IfNot(version.Contains("polyfill", StringComparison.Ordinal), $"Microsoft.ML {version} is not a polyfill.");
        string? list = FindList();
        Skip.If(list == null, "The list of the real package's API is not on this machine.");

        var real = Read(list!);
        var wrong = new List<string>();
        foreach (var type in Assemblies.SelectMany(name => Assembly.Load(name).GetExportedTypes()))
        {
            string key = $"{type.Namespace} {ApiText.Head(type)}";
            if (!real.TryGetValue(key, out var found))
            {
                wrong.Add(key);
                continue;
            }
            if (found.Assembly != type.Assembly.GetName().Name)
            {
                wrong.Add($"{key}: in {type.Assembly.GetName().Name}, not in {found.Assembly}");
            }

            wrong.AddRange(ApiText.Interfaces(type).Where(i => !found.Interfaces.Contains(i)).Select(i => $"{key}: implements {i}"));
            wrong.AddRange(ApiText.Members(type).Where(member => !found.Members.Contains(member)).Select(member => $"{key}: {member}"));
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void The_assemblies_have_the_version_that_components_are_compiled_against()
    {
        foreach (string name in Assemblies)
        {
            Assert.Equal(new Version(1, 0, 0, 0), Assembly.Load(name).GetName().Version);
        }
    }

    private sealed record ApiType(string Assembly, HashSet<string> Interfaces, HashSet<string> Members);

    private static string? FindList()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Vae.MLNet.sln")))
        {
            folder = folder.Parent;
        }

        string? path = folder?.Parent == null ? null : Path.Combine(folder.Parent.FullName, "shared", "api", "Microsoft.ML-5.0.0.txt");
        return File.Exists(path) ? path : null;
    }

    private static Dictionary<string, ApiType> Read(string path)
    {
        var types = new Dictionary<string, ApiType>();
        string space = "";
        ApiType? current = null;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal))
            {
                space = line["namespace ".Length..].Trim();
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                current!.Members.Add(line.Trim());
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                var (head, interfaces, assembly) = Split(line.Trim());
                types[$"{space} {head}"] = current = new ApiType(assembly, interfaces, []);
            }
        }
        return types;
    }

    // "[Attribute] public sealed class Name : Base, IInterface, IOther/*internal*/ where T : class  /* remark */  // Assembly"
    private static (string Head, HashSet<string> Interfaces, string Assembly) Split(string line)
    {
        int mark = line.LastIndexOf("// ", StringComparison.Ordinal);
        string assembly = line[(mark + 3)..].Trim();
        string text = Remark().Replace(line[..mark].Replace("/*internal*/", "", StringComparison.Ordinal), "").Trim();
        text = Attributes().Replace(text, "");
        if (text.Contains(" delegate ", StringComparison.Ordinal))
        {
            return (text, [], assembly);
        }

        int where = text.IndexOf(" where ", StringComparison.Ordinal);
        if (where >= 0)
        {
            text = text[..where];
        }

        int colon = text.IndexOf(" : ", StringComparison.Ordinal);
        if (colon < 0)
        {
            return (text, [], assembly);
        }

        var parents = TopLevelCommas(text[(colon + 3)..]);
        bool firstIsBase = text.Contains(" enum ", StringComparison.Ordinal) || (text.Contains(" class ", StringComparison.Ordinal) && !InterfaceName().IsMatch(parents[0]));
        return (firstIsBase ? $"{text[..colon]} : {parents[0]}" : text[..colon], parents.Skip(firstIsBase ? 1 : 0).ToHashSet(), assembly);
    }

    private static List<string> TopLevelCommas(string text)
    {
        var parts = new List<string> { "" };
        int depth = 0;
        foreach (char letter in text)
        {
            depth += letter == '<' ? 1 : letter == '>' ? -1 : 0;
            if (letter == ',' && depth == 0)
            {
                parts.Add("");
            }
            else
            {
                parts[^1] += letter;
            }
        }
        return parts.ConvertAll(part => part.Trim());
    }

    [GeneratedRegex(@"/\*.*?\*/")]
    private static partial Regex Remark();

    [GeneratedRegex(@"^(\[\w+\] )+")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"^I[A-Z]")]
    private static partial Regex InterfaceName();
}
