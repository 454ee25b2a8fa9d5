using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(MaximumEntropyModelParameters), typeof(MaximumEntropyModelParameters), null, typeof(SignatureLoadModel), "", MaximumEntropyModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>A linear function of the features for every class.</summary>
public abstract class LinearMulticlassModelParametersBase : ModelParametersBase<VBuffer<float>>, IMulticlassModel
{
    private readonly float[] _biases;
    private readonly float[][] _weights;

    /// <param name="parameters">The biases of all classes, then the weights of class after class.</param>
    internal LinearMulticlassModelParametersBase(float[] parameters, int classes, int features)
    {
        _biases = parameters[..classes];
        _weights = Enumerable.Range(0, classes).Select(c => parameters.AsSpan(classes + c * features, features).ToArray()).ToArray();
    }

    int IMulticlassModel.ClassCount => _biases.Length;

    public IEnumerable<float> GetBiases() => _biases;

    public void GetWeights(ref VBuffer<float>[] weights, out int numClasses)
    {
        numClasses = _weights.Length;
        if (weights == null || weights.Length < numClasses)
            Array.Resize(ref weights, numClasses);
        for (int c = 0; c < numClasses; c++)
            VBuffer<float>.Copy(_weights[c], 0, ref weights[c], _weights[c].Length);
    }

    void IMulticlassModel.Score(in VBuffer<float> features, ref VBuffer<float> scores)
    {
        Contracts.Check(features.Length == _weights[0].Length, "src length should equal the number of features");
        var values = features.GetValues();
        var indices = features.GetIndices();
        var editor = VBufferEditor.Create(ref scores, _biases.Length);
        for (int c = 0; c < _biases.Length; c++)
        {
            double sum = _biases[c];
            for (int i = 0; i < values.Length; i++)
                sum += (double)values[i] * _weights[c][features.IsDense ? i : indices[i]];
            editor.Values[c] = (float)sum;
        }
        Calibrate(editor.Values);
        scores = editor.Commit();
    }

    /// <summary>Turns the linear functions into scores.</summary>
    private protected abstract void Calibrate(Span<float> scores);

    private protected void SaveParameters(ModelSaveContext ctx)
    {
        ctx.Writer.Write(_biases.Length);
        ctx.Writer.Write(_weights[0].Length);
        ValueFormat.WriteArray<float>(ctx.Writer, [.. _biases, .. _weights.SelectMany(row => row)]);
    }

    private protected static (float[] Parameters, int Classes, int Features) LoadParameters(ModelLoadContext ctx)
    {
        int classes = ctx.Reader.ReadInt32(), features = ctx.Reader.ReadInt32();
        var parameters = ValueFormat.ReadArray<float>(ctx.Reader);
        Contracts.CheckDecode(classes > 0 && features > 0 && parameters.Length == classes * (1L + features), "The weights in the model file do not fit its classes and features.");
        return (parameters, classes, features);
    }
}

/// <summary>Linear functions turned into probabilities by the softmax.</summary>
public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    internal const string LoaderSignature = "MultiClassLRExec";

    internal MaximumEntropyModelParameters(float[] parameters, int classes, int features) : base(parameters, classes, features)
    {
    }

    private static VersionInfo Version => VersionInfo.Of<MaximumEntropyModelParameters>("MULTI LR", LoaderSignature);

    private static MaximumEntropyModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var (parameters, classes, features) = LoadParameters(ctx);
        return new MaximumEntropyModelParameters(parameters, classes, features);
    }

    private protected override void Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SaveParameters(ctx);
    }

    private protected override void Calibrate(Span<float> scores)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores)
            largest = Math.Max(largest, score);
        double sum = 0;
        foreach (float score in scores)
            sum += Math.Exp(score - largest);
        for (int c = 0; c < scores.Length; c++)
            scores[c] = (float)(Math.Exp(scores[c] - largest) / sum);
    }
}
