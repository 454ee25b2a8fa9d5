using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

// Without this the runtime drops the LoadableClass attribute of ModelEntry.cs, whose type is internal to Microsoft.ML.Core, and Model.Load says "Couldn't load model".
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]

namespace System.Runtime.CompilerServices
{
    /// <summary>Known to the runtime by its name: the named assembly's internals may be used.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Vae.MLNet.Persistence
{
    /// <summary>The members of ML.NET that are not public and that a component cannot do without. All are the same from ML.NET 1.0 to 5.0.</summary>
    internal static class MLNetInternals
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "Writer")]
        public static extern ref readonly BinaryWriter Writer(ModelSaveContext ctx);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetVersionInfo")]
        public static extern void SetVersionInfo(ModelSaveContext ctx, VersionInfo version);

        /// <summary>Writes a file of its own into the model's folder of the zip archive.</summary>
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SaveBinaryStream")]
        public static extern void SaveFile(ModelSaveContext ctx, string name, Action<BinaryWriter> write);

        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern SchemaShape.Column NewShape(string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations);

        /// <summary>The environment behind a catalog such as mlContext.Transforms.</summary>
        public static IHostEnvironment Environment(object catalog) => GetEnvironment(null, catalog);

        /// <summary>Throws <see cref="OperationCanceledException"/> after the MLContext's execution was cancelled.</summary>
        public static void CheckAlive(IHostEnvironment environment) => CheckAlive(null, environment);

        [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "GetEnvironment")]
        private static extern IHostEnvironment GetEnvironment(
            [UnsafeAccessorType("Microsoft.ML.Data.CatalogUtils, Microsoft.ML.Data")] object? type,
            [UnsafeAccessorType("Microsoft.ML.Data.IInternalCatalog, Microsoft.ML.Data")] object catalog);

        [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "CheckAlive")]
        private static extern void CheckAlive([UnsafeAccessorType("Microsoft.ML.Runtime.Contracts, Microsoft.ML.Core")] object? type, IHostEnvironment environment);
    }
}
