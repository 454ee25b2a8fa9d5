using System.Reflection;
using Microsoft.ML;
using TorchSharp;

namespace Vae.MLNet.Samples;

/// <summary>Which packages a sample runs on.</summary>
public static class RunningOn
{
    /// <summary>One line with the versions of .NET, Microsoft.ML, TorchSharp and libtorch.</summary>
    public static string Versions =>
        $".NET {Environment.Version}, Microsoft.ML {VersionOf(typeof(MLContext))}, TorchSharp {VersionOf(typeof(torch))} with libtorch {torch.__version__}";

    private static string VersionOf(Type type)
    {
        string version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version";
        // What follows the plus sign is the commit it was built from.
        return version.Split('+')[0];
    }
}
