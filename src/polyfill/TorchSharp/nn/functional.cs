using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        /// <summary>The modules' computations without their state, and the losses.</summary>
        public static class functional
        {
            private static readonly Op _linear = new("linear"), _layer_norm = new("layer_norm"), _dropout = new("dropout"), _dropout_ = new("dropout_"), _softplus = new("softplus"), _celu = new("celu"), _celu_ = new("celu_"), _selu = new("selu"), _selu_ = new("selu_"), _relu6 = new("relu6"), _relu6_ = new("relu6_"), _hardswish = new("hardswish"), _hardswish_ = new("hardswish_"), _group_norm = new("group_norm");
            private static readonly Op _bce = new("binary_cross_entropy"), _bce_logits = new("binary_cross_entropy_with_logits"), _mse = new("mse_loss"), _cross_entropy = new("cross_entropy_loss"), _nll = new("nll_loss_nd"), _one_hot = new("one_hot");
            private static readonly Op _conv2d = new("conv2d"), _fold = new("col2im"), _unfold = new("im2col"), _nearest2d = new("upsample_nearest2d");

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => _linear.Call(input, weights, bias);

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) => inplace ? input.leaky_relu_(negative_slope) : input.leaky_relu(negative_slope);
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => inplace ? x.elu_(alpha, 1, 1) : x.elu(alpha, 1, 1);
            public static Tensor celu(Tensor x, double alpha, bool inplace = false) => inplace ? _celu_.Run(x, alpha) : _celu.Call(x, alpha);
            public static Tensor selu(Tensor x, bool inplace = false) => inplace ? _selu_.Run(x) : _selu.Call(x);
            public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? _relu6_.Run(x) : _relu6.Call(x);
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => inplace ? input.hardsigmoid_() : input.hardsigmoid();
            public static Tensor hardswish(Tensor input, bool inplace = false) => inplace ? _hardswish_.Run(input) : _hardswish.Call(input);
            public static Tensor gelu(Tensor x) => x.gelu();
            public static Tensor softplus(Tensor x, double beta = 1.0, double threshold = 20.0) => _softplus.Call(x, beta, threshold);
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => inplace ? _dropout_.Run(input, p, training) : _dropout.Call(input, p, training);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) => _layer_norm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) => _group_norm.Call(input, num_groups, weight, bias, eps);

            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) => _bce.Call(input, target, weight, (long)reduction);

            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                _bce_logits.Call(input, target, weight, pos_weights, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => _mse.Call(input, target, (long)reduction);

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                _cross_entropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) => _nll.Call(input, target, weight, (long)reduction);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => _one_hot.Call(x, num_classes);

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                _conv2d.Call(input, weight, bias, strides ?? [1], padding ?? [0], dilation ?? [1], groups);

            public static Tensor fold(Tensor input, (long, long) output_size, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                _fold.Call(input, Pair(output_size, 0), Pair(kernel_size, 0), Pair(dilation, 1), Pair(padding, 0), Pair(stride, 1));

            public static Tensor unfold(Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                _unfold.Call(input, Pair(kernel_size, 0), Pair(dilation, 1), Pair(padding, 0), Pair(stride, 1));

            public static Tensor fold(Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                fold(input, (output_size, output_size), (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            public static Tensor upsample_nearest2d(Tensor input, long[]? outputSizes = null, double[]? scaleFactors = null)
            {
                if ((outputSizes is null) == (scaleFactors is null))
                {
                    throw new System.Runtime.InteropServices.ExternalException("Must specify exactly one of output_size and scale_factors");
                }

                return _nearest2d.Call(input, outputSizes ?? [(long)(input.size(2) * scaleFactors![0]), (long)(input.size(3) * scaleFactors[1])], scaleFactors?[0], scaleFactors?[1]);
            }

            private static long[] Pair((long, long)? value, long missing) => value is var (first, second) ? [first, second] : [missing, missing];
        }
    }
}
