using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>The components that model files may name, found through <see cref="LoadableClassAttribute"/> in the assemblies that they name.</summary>
public sealed class ComponentCatalog
{
    private readonly HashSet<string> _known = [];
    private readonly Dictionary<string, MethodInfo> _readers = [];

    internal ComponentCatalog()
    {
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (_known)
        {
            if (!_known.Add(assembly.FullName))
                return;
            foreach (var attribute in assembly.GetCustomAttributes<LoadableClassAttribute>().Where(a => a.SignatureType == typeof(SignatureLoadModel) && a.ArgumentType == null))
                Register(attribute, throwOnError);
            // The real catalog looks at every type of a foreign assembly; so one type that cannot be loaded fails here as it would there.
            if (!assembly.GetName().GetPublicKey().AsSpan().SequenceEqual(typeof(ComponentCatalog).Assembly.GetName().GetPublicKey()))
                assembly.GetTypes();
        }
    }

    internal object Read(string name, IHostEnvironment env, ModelLoadContext ctx)
    {
        MethodInfo reader;
        lock (_known)
        {
            if (!_readers.TryGetValue(Key(name), out reader))
                return null;
        }
        return reader.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [env, ctx], null);
    }

    private void Register(LoadableClassAttribute attribute, bool throwOnError)
    {
        var reader = attribute.LoaderType.GetMethod("Create", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(IHostEnvironment), typeof(ModelLoadContext)]);
        if (reader?.ReturnType != attribute.InstanceType)
        {
            if (throwOnError)
                throw new InvalidOperationException($"Can't instantiate loadable class '{attribute.InstanceType.Name}' with name '{attribute.LoadNames[0]}'");
            return;
        }
        foreach (string name in attribute.LoadNames)
        {
            if (!_readers.TryAdd(Key(name), reader) && throwOnError)
                throw new InvalidOperationException($"ComponentCatalog cannot map name '{name}' and SignatureType '{nameof(SignatureLoadModel)}' to {attribute.InstanceType.Name} since it is already mapped.");
        }
    }

    private static string Key(string name) => name.Trim().ToLowerInvariant();
}
