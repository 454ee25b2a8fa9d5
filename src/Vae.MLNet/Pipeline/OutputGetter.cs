using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Pipeline;

/// <summary>A row whose outputs can be asked for.</summary>
internal interface IEvaluatedRow
{
    /// <summary>The output of the current row, computed if it is not yet.</summary>
    ReadOnlySpan<float> ValueOf(VaeOutput output);
}

/// <summary>Getters of our columns, which hand out copies.</summary>
internal static class OutputGetter
{
    public static ValueGetter<TValue> Create<TValue>(VaeOutput output, IEvaluatedRow row) =>
        Matched<TValue>(output == VaeOutput.Score ? Scalar(output, row) : Vector(output, row));

    /// <exception cref="InvalidOperationException">The column has values of another type.</exception>
    public static ValueGetter<TValue> Matched<TValue>(Delegate getter) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Invalid TValue in GetGetter: '{typeof(TValue)}', expected type: '{getter.GetType().GetGenericArguments()[0]}'.");

    private static ValueGetter<float> Scalar(VaeOutput output, IEvaluatedRow row) => (ref float value) => value = row.ValueOf(output)[0];

    private static ValueGetter<VBuffer<float>> Vector(VaeOutput output, IEvaluatedRow row) => (ref VBuffer<float> value) =>
    {
        ReadOnlySpan<float> from = row.ValueOf(output);
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, from.Length);
        from.CopyTo(editor.Values);
        value = editor.Commit();
    };
}
