using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class ReLU : nn.Module<Tensor, Tensor>
        {
            private readonly bool _inplace;

            internal ReLU(bool inplace) : base(nameof(ReLU)) => _inplace = inplace;

            public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, _inplace);
        }

        public sealed class LeakyReLU : nn.Module<Tensor, Tensor>
        {
            private readonly (double Slope, bool Inplace) _settings;

            internal LeakyReLU(double slope, bool inplace) : base(nameof(LeakyReLU)) => _settings = (slope, inplace);

            public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, _settings.Slope, _settings.Inplace);
        }

        public sealed class ELU : nn.Module<Tensor, Tensor>
        {
            private readonly (double Alpha, bool Inplace) _settings;

            internal ELU(double alpha, bool inplace) : base(nameof(ELU)) => _settings = (alpha, inplace);

            public override Tensor forward(Tensor tensor) => nn.functional.elu(tensor, _settings.Alpha, _settings.Inplace);
        }

        public sealed class SiLU : nn.Module<Tensor, Tensor>
        {
            internal SiLU() : base(nameof(SiLU))
            {
            }

            public override Tensor forward(Tensor tensor) => tensor.silu();
        }

        public sealed class GELU : nn.Module<Tensor, Tensor>
        {
            internal GELU() : base(nameof(GELU))
            {
            }

            public override Tensor forward(Tensor tensor) => tensor.gelu();
        }

        public sealed class Tanh : nn.Module<Tensor, Tensor>
        {
            internal Tanh() : base(nameof(Tanh))
            {
            }

            public override Tensor forward(Tensor tensor) => tensor.tanh();
        }

        public sealed class Sigmoid : nn.Module<Tensor, Tensor>
        {
            internal Sigmoid() : base(nameof(Sigmoid))
            {
            }

            public override Tensor forward(Tensor tensor) => tensor.sigmoid();
        }

        public sealed class Softplus : nn.Module<Tensor, Tensor>
        {
            private readonly (double Beta, double Threshold) _settings;

            internal Softplus(double beta, double threshold) : base(nameof(Softplus)) => _settings = (beta, threshold);

            public override Tensor forward(Tensor tensor) => nn.functional.softplus(tensor, _settings.Beta, _settings.Threshold);
        }

        public sealed class Hardtanh : nn.Module<Tensor, Tensor>
        {
            private readonly (double Minimum, double Maximum, bool Inplace) _settings;

            internal Hardtanh(double minimum, double maximum, bool inplace) : base(nameof(Hardtanh)) => _settings = (minimum, maximum, inplace);

            public override Tensor forward(Tensor tensor) =>
                _settings.Inplace ? tensor.hardtanh_(_settings.Minimum, _settings.Maximum) : tensor.hardtanh(_settings.Minimum, _settings.Maximum);
        }

        public sealed class Softmax : nn.Module<Tensor, Tensor>
        {
            private readonly long _dimension;

            internal Softmax(long dimension) : base(nameof(Softmax)) => _dimension = dimension;

            public override Tensor forward(Tensor tensor) => tensor.softmax(_dimension);
        }

        public sealed class LogSoftmax : nn.Module<Tensor, Tensor>
        {
            private readonly long _dimension;

            internal LogSoftmax(long dimension) : base(nameof(LogSoftmax)) => _dimension = dimension;

            public override Tensor forward(Tensor tensor) => tensor.log_softmax(_dimension);
        }

        public sealed class Identity : nn.Module<Tensor, Tensor>
        {
            internal Identity() : base(nameof(Identity))
            {
            }

            public override Tensor forward(Tensor tensor) => tensor.alias();
        }

        public sealed class Dropout : nn.Module<Tensor, Tensor>
        {
            private readonly (double Probability, bool Inplace) _settings;

            internal Dropout(double p, bool inplace) : base(nameof(Dropout)) => _settings = (p, inplace);

            public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, _settings.Probability, training, _settings.Inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU ReLU(bool inplace = false) => new(inplace);
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);
            public static ELU ELU(double alpha = 1.0, bool inplace = false) => new(alpha, inplace);
            public static SiLU SiLU() => new();
            public static GELU GELU() => new();
            public static Tanh Tanh() => new();
            public static Sigmoid Sigmoid() => new();
            public static Softplus Softplus(double beta = 1.0, double threshold = 20.0) => new(beta, threshold);
            public static Hardtanh Hardtanh(double min_val = -1.0, double max_val = 1.0, bool inplace = false) => new(min_val, max_val, inplace);
            public static Softmax Softmax(long dim) => new(dim);
            public static LogSoftmax LogSoftmax(long dim) => new(dim);
            public static Identity Identity() => new();
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);
        }
    }
}
