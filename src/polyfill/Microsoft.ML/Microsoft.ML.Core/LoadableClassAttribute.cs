namespace Microsoft.ML;

/// <summary>The shape of a method that reads a component from a model file.</summary>
internal delegate void SignatureLoadModel(ModelLoadContext ctx);

/// <summary>Says which type reads the components that were saved under a load name.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class LoadableClassAttribute : Attribute
{
    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames)
    {
        InstanceType = instType;
        LoaderType = loaderType;
        ArgumentType = argType;
        SignatureType = sigType;
        LoadNames = loadNames.Length > 0 ? loadNames : [userName];
    }

    public Type InstanceType { get; }

    public Type LoaderType { get; }

    public Type ArgumentType { get; }

    public Type SignatureType { get; }

    public string[] LoadNames { get; }
}
