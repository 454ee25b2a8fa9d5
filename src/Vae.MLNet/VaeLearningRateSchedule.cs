namespace Vae.MLNet;

/// <summary>How the step size changes while training.</summary>
public enum VaeLearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant = 0,

    /// <summary>It falls to 0 along half a cosine, step by step (Loshchilov and Hutter, 2017).</summary>
    Cosine = 1,

    /// <summary>It is halved whenever 5 epochs have brought no better ELBO: of the validation rows if there are any, else of the training rows.</summary>
    Plateau = 2,
}
