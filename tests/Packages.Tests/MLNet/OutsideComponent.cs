using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Packages.Tests.MLNet;

// Model.Load loads the assembly that a model names and finds this attribute in it, although its type is internal.
[assembly: LoadableClass(typeof(ITransformer), typeof(OutsideComponent), null, typeof(SignatureLoadModel), "", OutsideComponent.LoaderSignature)]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]

namespace System.Runtime.CompilerServices
{
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Packages.Tests.MLNet
{
    /// <summary>A transformer from outside ML.NET that copies a column and is saved and loaded as the product's are.</summary>
    internal sealed class OutsideComponent : ITransformer
    {
        internal const string LoaderSignature = "OutsideComponent";
        private const string Payload = "Payload.bin";

        private readonly ITransformer _copy;

        public OutsideComponent(IHostEnvironment env, string column, byte[] payload)
        {
            Column = column;
            Bytes = payload;
            Random = env.Register("Outside").Rand.Next();
            _copy = new MLContext(1).Transforms.CopyColumns("Outside", column).Fit(new EmptyView(column));
        }

        public string Column { get; }

        public byte[] Bytes { get; }

        public int Random { get; }

        public bool IsRowToRowMapper => true;

        private static VersionInfo Version => new("OUTSIDEC", 0x00010001, 0x00010001, 0x00010001, typeof(OutsideComponent).Assembly.GetName().Name!, LoaderSignature);

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _copy.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _copy.GetRowToRowMapper(inputSchema);

        public IDataView Transform(IDataView input) => _copy.Transform(input);

        public void Save(ModelSaveContext ctx)
        {
            Internals.SetVersionInfo(ctx, Version);
            Internals.Writer(ctx).Write(Column);
            Internals.SaveBinaryStream(ctx, Payload, writer => writer.Write(Bytes));
        }

        private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
        {
            ctx.CheckAtModel(Version);
            string column = ctx.Reader.ReadString();
            byte[] payload = [];
            Assert(ctx.TryLoadBinaryStream(Payload, reader => payload = reader.ReadBytes(checked((int)reader.BaseStream.Length))));
            Assert(!ctx.TryLoadBinaryStream("Nothing", _ => { }));
            return new OutsideComponent(env, column, payload);
        }

        private static void Assert(bool holds)
        {
            if (!holds)
            {
                throw new FormatException("The model file is not what was saved.");
            }
        }

        private sealed class EmptyView(string column) : IDataView
        {
            public bool CanShuffle => false;

            public DataViewSchema Schema
            {
                get
                {
                    var builder = new DataViewSchema.Builder();
                    builder.AddColumn(column, NumberDataViewType.Single);
                    return builder.ToSchema();
                }
            }

            public long? GetRowCount() => 0;

            public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => throw new NotSupportedException();

            public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => throw new NotSupportedException();
        }
    }

    /// <summary>The internal members that a component needs.</summary>
    internal static class Internals
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "Writer")]
        internal static extern ref readonly BinaryWriter Writer(ModelSaveContext ctx);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetVersionInfo")]
        internal static extern void SetVersionInfo(ModelSaveContext ctx, VersionInfo version);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SaveBinaryStream")]
        internal static extern void SaveBinaryStream(ModelSaveContext ctx, string name, Action<BinaryWriter> action);

        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        internal static extern SchemaShape.Column Column(string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations);

        internal static IHostEnvironment Environment(object catalog) => GetEnvironment(null, catalog);

        internal static void CheckAlive(IHostEnvironment env) => CheckAlive(null, env);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "CancelExecution")]
        internal static extern void Cancel(MLContext context);

        [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "GetEnvironment")]
        private static extern IHostEnvironment GetEnvironment(
            [UnsafeAccessorType("Microsoft.ML.Data.CatalogUtils, Microsoft.ML.Data")] object? type, [UnsafeAccessorType("Microsoft.ML.Data.IInternalCatalog, Microsoft.ML.Data")] object catalog);

        [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "CheckAlive")]
        private static extern void CheckAlive([UnsafeAccessorType("Microsoft.ML.Runtime.Contracts, Microsoft.ML.Core")] object? type, IHostEnvironment env);
    }
}
