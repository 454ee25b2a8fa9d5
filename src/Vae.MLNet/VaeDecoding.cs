namespace Vae.MLNet;

/// <summary>What a decoded row is.</summary>
public enum VaeDecoding
{
    /// <summary>The mean of p(x|z), of a key the most probable category: without noise, as one wants to look at images and reconstructions. Rows of these are more alike than real ones.</summary>
    Mean,

    /// <summary>A draw from p(x|z): with the observation noise that real rows have, as one wants it for tables. A function of the row's id and the seed.</summary>
    Draw,
}
