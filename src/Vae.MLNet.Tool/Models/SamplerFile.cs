using Vae.MLNet.Sampling;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Models;

/// <summary>Samplers that are kept.</summary>
internal static class SamplerFile
{
    /// <exception cref="ToolException">It is none.</exception>
    public static VaeSampler Load(string file)
    {
        try
        {
            return VaeSampler.Load(file);
        }
        catch (Exception error) when (error is IOException or FormatException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Input, $"{file} is no sampler that can be read: {error.Message}", error);
        }
    }

    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void Save(VaeSampler sampler, string file)
    {
        try
        {
            sampler.Save(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputStream.Failure(file, error);
        }
    }
}
