using Vae.MLNet.Networks;

namespace Vae.MLNet.Training;

/// <summary>How the work of a step is divided among threads. It decides the bits of the trained model, so it depends on nothing but the settings and how many threads there may be.</summary>
/// <param name="Members">Threads that have a part of each batch each.</param>
/// <param name="ThreadsOfEach">Threads that libtorch computes with on each of them.</param>
internal readonly record struct Division(int Members, int ThreadsOfEach)
{
    // Below about this much work per step and thread, threads wait for each other longer than they compute.
    private const double LeastOperations = 3e7;

    // Smaller matrix products spend their time on packing the weights.
    private const int LeastRows = 32;

    public static Division Of(VariationalAutoencoder network, VaeEstimator.Options options)
    {
        int threads = options.NumberOfThreads ?? ComputeThreads.Total;
        // A multiplication and an addition for each weight and row: forward, for the gradient of the weights and for that of the inputs.
        double operations = 6.0 * options.BatchSize * network.DecayedWeights.Sum(weights => weights.numel());
        int useful = network.Architecture.Network is VaeNetwork.Dense ? (int)Math.Clamp(operations / LeastOperations, 1, threads) : threads;
        bool isDivisible = network.Architecture.Network is not VaeNetwork.Custom && network.Device.type == OnDevice.Cpu.type && options.TrimmingRate == 0 && !options.Objective.Create().ComparesRows;
        int members = isDivisible ? Math.Clamp(options.BatchSize / LeastRows, 1, useful) : 1;
        return new Division(members, useful / members);
    }
}
