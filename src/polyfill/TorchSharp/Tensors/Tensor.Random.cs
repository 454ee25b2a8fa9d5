using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Tensors filled with random numbers, and draws by a tensor's probabilities.</summary>
    public partial class Tensor
    {
        private static readonly Op _normal_ = new("normal_"), _uniform_ = new("uniform_"), _bernoulli = new("bernoulli"), _bernoulli_ = new("bernoulli_", "float"), _exponential_ = new("exponential_"), _bernoulli_tensor_ = new("bernoulli_", "Tensor"), _multinomial = new("multinomial"), _poisson = new("poisson");

        public Tensor normal_(double mean = 0d, double std = 1d, Generator? generator = null) => _normal_.Run(this, mean, std, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) => _uniform_.Run(this, from, to, generator);
        public Tensor exponential_(double lambda = 1d, Generator? generator = null) => _exponential_.Run(this, lambda, generator);
        public Tensor bernoulli(Generator? generator = null) => _bernoulli.Call(this, generator);
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => _bernoulli_.Run(this, p, generator);
        public Tensor bernoulli_(Tensor p, Generator? generator = null) => _bernoulli_tensor_.Run(this, p, generator);
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => _multinomial.Call(this, num_samples, replacement, generator);
        public Tensor poisson(Generator? generator = null) => _poisson.Call(this, generator);
    }
}
