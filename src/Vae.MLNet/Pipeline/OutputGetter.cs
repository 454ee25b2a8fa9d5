using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Pipeline;

/// <summary>A row whose outputs can be asked for.</summary>
internal interface IEvaluatedRow
{
    /// <summary>The position of the current row.</summary>
    long Position { get; }

    /// <summary>The output of the current row, computed if it is not yet.</summary>
    ReadOnlySpan<float> ValueOf(VaeOutput output);
}

/// <summary>Getters of our columns, which hand out copies.</summary>
internal static class OutputGetter
{
    /// <exception cref="InvalidOperationException">The column has values of another type.</exception>
    public static ValueGetter<TValue> Matched<TValue>(Delegate getter) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Invalid TValue in GetGetter: '{typeof(TValue)}', expected type: '{getter.GetType().GetGenericArguments()[0]}'.");

    public static Delegate Scalar(VaeOutput output, IEvaluatedRow row) => (ValueGetter<float>)((ref float value) => value = row.ValueOf(output)[0]);

    public static Delegate Above(VaeOutput output, float threshold, IEvaluatedRow row) => (ValueGetter<bool>)((ref bool value) => value = row.ValueOf(output)[0] > threshold);

    public static Delegate Vector(VaeOutput output, IEvaluatedRow row) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
    {
        ReadOnlySpan<float> from = row.ValueOf(output);
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, from.Length);
        from.CopyTo(editor.Values);
        value = editor.Commit();
    });
}
