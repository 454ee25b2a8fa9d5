namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>What is wrong with what the explorer was given, in one line for people.</summary>
internal sealed class ExplorerException(string message, Exception? cause = null) : Exception(message, cause);
