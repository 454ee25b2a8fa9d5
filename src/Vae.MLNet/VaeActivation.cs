namespace Vae.MLNet;

/// <summary>The nonlinearity between two layers.</summary>
public enum VaeActivation
{
    /// <summary>max(0, x): the fastest.</summary>
    ReLU = 0,

    /// <summary>x above 0, exp(x) - 1 below (Clevert et al., 2016).</summary>
    ELU = 1,

    /// <summary>x sigmoid(x), also called swish (Elfwing et al., 2018). The default: smooth, and on images and tables some nats better than ReLU.</summary>
    SiLU = 2,

    /// <summary>x Phi(x) with the normal distribution function (Hendrycks and Gimpel, 2016).</summary>
    GELU = 3,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh = 4,
}
