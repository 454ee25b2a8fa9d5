using System.Reflection;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

/// <summary>What the stand-in's binding sees to before libtorch is loaded.</summary>
public sealed class RuntimeTests : TorchTest
{
    private static void SkipWhereReal()
    {
        var version = typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        Skip.IfNot(version.Contains("polyfill", StringComparison.Ordinal), $"TorchSharp {version} is the real one.");
    }

    [SkippableFact]
    public void Matrices_are_multiplied_by_the_OpenMP_build_of_OpenBLAS_and_no_other()
    {
        SkipWhereReal();
        ones(2, 2).mm(ones(2, 2));
        var libraries = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]).Where(path => Path.GetFileName(path) is var name && (name.Contains("blas") || name.Contains("lapack")));
        Assert.All(libraries.Distinct(), path => Assert.Contains("/openblas-openmp/", path));
        Assert.Contains(libraries, path => path.Contains("libopenblas"));
    }

    [SkippableFact]
    public void All_cores_compute()
    {
        SkipWhereReal();
        Skip.If(Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null, "The number of threads is set from outside.");
        Assert.Equal(Environment.ProcessorCount, get_num_threads());
    }
}
