namespace Vae.MLNet.Tests;

/// <summary>Where the tests find files of the repository, and the real data beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A folder of real data; null where it is absent.</summary>
    public static string? Data(string name)
    {
        string folder = Path.Combine(Root, "..", "shared", "data", name);
        return Directory.Exists(folder) ? folder : null;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Vae.MLNet.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new DirectoryNotFoundException($"No Vae.MLNet.sln above {AppContext.BaseDirectory}.");
    }
}
