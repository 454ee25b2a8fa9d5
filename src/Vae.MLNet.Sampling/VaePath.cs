namespace Vae.MLNet.Sampling;

/// <summary>The way from one latent to another.</summary>
public enum VaePath
{
    /// <summary>The straight line.</summary>
    Linear,

    /// <summary>Along the sphere, turning and stretching evenly, so that what lies between is as far from the centre as the ends (Shoemake, 1985; White, 2016). Where the ends are on one line with the centre, the straight line.</summary>
    Spherical,
}
