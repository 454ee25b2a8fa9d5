namespace Packages.Tests.TorchSharpContract;

/// <summary>The lists of the real packages' members, which lie beside a clone where there are any.</summary>
internal static class ApiList
{
    internal static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Vae.MLNet.sln")))
            {
                continue;
            }

            var path = Path.Combine(folder.Parent!.FullName, "shared", "api", name);
            return File.Exists(path) ? path : null;
        }
        return null;
    }
}
