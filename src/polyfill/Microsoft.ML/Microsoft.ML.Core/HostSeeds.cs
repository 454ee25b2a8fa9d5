namespace Microsoft.ML.Runtime;

/// <summary>
/// Every host that is registered draws its seed from its parent's generator. Operations register hosts for their inner workings; registering as many here gives
/// whatever is made afterwards the seed that it has with the real package.
/// </summary>
internal static class HostSeeds
{
    public static void Draw(this IHostEnvironment env, int hosts)
    {
        for (int i = 0; i < hosts; i++)
            env.Register("Internal");
    }
}
