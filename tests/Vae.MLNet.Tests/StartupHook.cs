using Vae.MLNet.Tests;

/// <summary>
/// What a program with own networks does before it loads a model. .NET finds this class by its name in the assemblies that DOTNET_STARTUP_HOOKS lists: so the process of ModelReader, which knows nothing of
/// Vae.MLNet, gets to know a factory.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => OwnNetworks.Register();
}
