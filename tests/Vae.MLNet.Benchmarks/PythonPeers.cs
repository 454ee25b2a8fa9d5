using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Benchmarks;

/// <summary>The scripts beside this program, on a Python that has what they need.</summary>
internal sealed class PythonPeers
{
    private const string Imports = "import torch, sklearn; print(torch.__version__, sklearn.__version__)";
    private const string SpinVariable = "GOMP_SPINCOUNT";

    private static readonly string[] s_candidates = ["python3", "/usr/bin/python3", "python"];
    private static readonly string[] s_spins = ["", "0", "1000", "10000", "100000"];

    // Debian chooses one BLAS for the whole system; the peers always have the fast one.
    private static readonly string s_blas = $"/usr/lib/{RuntimeInformation.ProcessArchitecture switch { Architecture.Arm64 => "aarch64", _ => "x86_64" }}-linux-gnu/openblas-openmp";

    private readonly string _python;
    private readonly string _versions;
    private readonly Dictionary<string, string> _shipped = [];
    private readonly Dictionary<string, string> _tuned;
    private readonly List<string> _spins = [];

    private PythonPeers(string python, string versions)
    {
        (_python, _versions) = (python, versions);
        if (Directory.Exists(s_blas))
        {
            _shipped["LD_LIBRARY_PATH"] = s_blas;
        }
        _tuned = new(_shipped) { ["MALLOC_TRIM_THRESHOLD_"] = "1073741824", ["MALLOC_MMAP_THRESHOLD_"] = "33554432", ["MALLOC_TOP_PAD_"] = "67108864" };
        if (Machine.HasAvx512)
        {
            _tuned["OPENBLAS_CORETYPE"] = "SKYLAKEX";
        }
    }

    public IEnumerable<string> Description =>
    [
        $"PyTorch and scikit-learn {_versions}, {Environment.ProcessorCount} threads. Tuned: {string.Join(' ', _tuned.Where(pair => !_shipped.ContainsKey(pair.Key)).Select(pair => $"{pair.Key}={pair.Value}"))}, and the best {SpinVariable} of {string.Join(", ", s_spins.Select(Named))}: {string.Join(", ", _spins)}.",
    ];

    /// <summary>Null if there is no such Python and none could be installed.</summary>
    public static PythonPeers? Find()
    {
        PythonPeers? found = Look();
        if ((found is null || !Directory.Exists(s_blas)) && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get"))
        {
            Console.Error.WriteLine("Installing python3-torch, python3-sklearn and libopenblas0-openmp.");
            Run("/bin/sh", "-c", "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-torch python3-sklearn libopenblas0-openmp");
            found = Look();
        }
        return found;
    }

    /// <summary>The peers of one of our measurements.</summary>
    public IReadOnlyList<Contender> For(string measurement) => measurement switch
    {
        "fit-images" =>
        [
            Tuned(measurement, "fit.py", "images", "128"),
            Shipped(measurement, "PyTorch as shipped", "fit.py", "images", "128"),
            Shipped(measurement, "PyTorch as shipped, DataLoader", "fit.py", "images", "128", "--loader"),
        ],
        "fit-images-1024" => Both(measurement, "fit.py", "images", "1024"),
        "fit-table" => Both(measurement, "fit.py", "table", "128"),
        "transform" => [.. Both(measurement, "encode.py", "vae"), Shipped(measurement, "scikit-learn PCA(20) as shipped", "encode.py", "pca")],
        "one-row" => Both(measurement, "one_row.py"),
        _ => [],
    };

    private static PythonPeers? Look()
    {
        foreach (string candidate in s_candidates)
        {
            if (Run(candidate, "-c", Imports) is { } versions)
            {
                return new PythonPeers(candidate, versions);
            }
        }
        return null;
    }

    private static string Named(string spin) => spin.Length == 0 ? "none" : spin;

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            errors.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private Contender[] Both(string measurement, string script, params string[] arguments) =>
        [Tuned(measurement, script, arguments), Shipped(measurement, "PyTorch as shipped", script, arguments)];

    private Contender Shipped(string measurement, string name, string script, params string[] arguments) => new(measurement, name, Command(script, arguments), _shipped);

    // The spin that suits this measurement on this machine: the peer gets the best one.
    private Contender Tuned(string measurement, string script, params string[] arguments)
    {
        const string name = "PyTorch tuned";
        string best = "";
        double fastest = 0;
        foreach (string spin in s_spins)
        {
            Console.Error.WriteLine($"tuning PyTorch for {measurement}: {SpinVariable} {Named(spin)}");
            Figure figure = new Contender(measurement, name, Command(script, [.. arguments, "--short"]), With(spin)).Measure().Figures[0];
            double speed = Units.SpeedRatio(figure.Unit, figure.Value, 1)!.Value;
            (best, fastest) = speed > fastest ? (spin, speed) : (best, fastest);
        }
        _spins.Add($"{measurement} {Named(best)}");
        return new Contender(measurement, name, Command(script, arguments), With(best));
    }

    private Dictionary<string, string> With(string spin) => spin.Length == 0 ? _tuned : new(_tuned) { [SpinVariable] = spin };

    private string[] Command(string script, params string[] arguments) =>
        [_python, "-B", Path.Combine(AppContext.BaseDirectory, "python", script), .. arguments, "--threads", $"{Environment.ProcessorCount}"];
}
