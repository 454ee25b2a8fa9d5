// Compiled to a reference assembly only (MLNetInternals.targets): the internal types of Microsoft.ML.Core that a component needs so that Model.Load finds it.
using System;
using System.IO;

namespace Microsoft.ML;

[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class LoadableClassAttribute : Attribute
{
    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames) => throw null;
}

public delegate void SignatureLoadModel(ModelLoadContext ctx);

public readonly struct VersionInfo
{
    public VersionInfo(string modelSignature, uint verWrittenCur, uint verReadableCur, uint verWeCanReadBack,
        string loaderAssemblyName, string loaderSignature = null, string loaderSignatureAlt = null) => throw null;
}

public sealed class ModelLoadContext
{
    private ModelLoadContext() => throw null;
    public readonly BinaryReader Reader = null;
    public void CheckAtModel(VersionInfo ver) => throw null;
    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action) => throw null;
}
