namespace Vae.MLNet;

/// <summary>Where training keeps the rows from epoch to epoch.</summary>
public enum VaeRowCache
{
    /// <summary>In memory if, encoded, they take at most half of what the process may have; else as <see cref="Never"/>.</summary>
    Auto,

    /// <summary>In memory.</summary>
    Always,

    /// <summary>Not at all: each epoch reads them again, and shuffles them in a pool of up to 128 MiB. For rows that do not fit into memory.</summary>
    Never,
}
