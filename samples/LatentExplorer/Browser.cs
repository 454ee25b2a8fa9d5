using System.ComponentModel;
using System.Diagnostics;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>The browser of this computer.</summary>
internal static class Browser
{
    /// <summary>Opens an address, or where there is no browser does nothing: the address is on the console.</summary>
    public static void Open(string address)
    {
        try
        {
            using var started = Process.Start(new ProcessStartInfo(address) { UseShellExecute = true });
        }
        catch (Exception error) when (error is Win32Exception or PlatformNotSupportedException)
        {
        }
    }
}
