using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnConcatenatingTransformer), typeof(ColumnConcatenatingTransformer), null, typeof(SignatureLoadModel), "", ColumnConcatenatingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms
{
    /// <summary>Puts columns of one item type together in one vector.</summary>
    public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
    {
        private readonly IHost _host;
        private readonly string _output;
        private readonly string[] _inputs;

        internal ColumnConcatenatingEstimator(IHostEnvironment env, string output, string[] inputs)
        {
            _host = env.Register(nameof(ColumnConcatenatingEstimator));
            Contracts.CheckNonEmpty(output, "outputColumnName");
            ArgumentNullException.ThrowIfNull(inputs, "inputColumnNames");
            Contracts.CheckParam(inputs.Length > 0, "inputColumnNames", "Input columns not specified");
            Contracts.CheckParam(!inputs.Any(string.IsNullOrEmpty), "inputColumnNames", "Contained some null or empty items");
            _output = output;
            _inputs = inputs;
        }

        public ColumnConcatenatingTransformer Fit(IDataView input)
        {
            ArgumentNullException.ThrowIfNull(input);
            return new ColumnConcatenatingTransformer(_host, _output, _inputs);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            ArgumentNullException.ThrowIfNull(inputSchema);
            var sources = Array.ConvertAll(_inputs, name => inputSchema.RequireColumn(name));
            var item = sources[0].ItemType;
            foreach (var source in sources)
            {
                Contracts.Check(!source.IsKey, $"Column '{source.Name}' is key. Concatenation of keys is unsupported.");
                Contracts.Check(source.ItemType.Equals(item), $"Concatenated columns should have the same type. Column '{source.Name}' has type of {source.ItemType}, but expected column type is {item}.");
            }
            var annotations = new List<SchemaShape.Column>();
            if (sources.All(source => source.IsNormalizedShape()))
                annotations.Add(AnnotationKinds.NormalizedShape);
            if (sources.Any(source => source.Kind == SchemaShape.Column.VectorKind.Scalar || source.Has(AnnotationKinds.SlotNames, TextDataViewType.Instance, SchemaShape.Column.VectorKind.Vector)))
                annotations.Add(AnnotationKinds.TextVectorShape(AnnotationKinds.SlotNames));
            var kind = sources.Any(source => source.Kind == SchemaShape.Column.VectorKind.VariableVector) ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
            return inputSchema.With([new SchemaShape.Column(_output, kind, item, false, new SchemaShape(annotations))]);
        }
    }
}

namespace Microsoft.ML.Data
{
    /// <summary>Puts columns of one item type together in one vector.</summary>
    public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
    {
        internal const string LoaderSignature = "ConcatTransform";

        private readonly string _output;
        private readonly string[] _inputs;

        internal ColumnConcatenatingTransformer(IHostEnvironment env, string output, string[] inputs) : base(env.Register(nameof(ColumnConcatenatingTransformer)))
        {
            _output = output;
            _inputs = inputs;
        }

        private static VersionInfo Version => VersionInfo.Of<ColumnConcatenatingTransformer>("CONCAT F", LoaderSignature);

        private static ColumnConcatenatingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
        {
            ctx.CheckAtModel(Version);
            string output = ctx.LoadNonEmptyString();
            var inputs = new string[ctx.LoadCount(sizeof(int))];
            Contracts.CheckDecode(inputs.Length > 0, "A concatenation in the model file has no columns.");
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = ctx.LoadNonEmptyString();
            return new ColumnConcatenatingTransformer(env, output, inputs);
        }

        private protected override void Save(ModelSaveContext ctx)
        {
            ctx.SetVersionInfo(Version);
            ctx.SaveNonEmptyString(_output);
            ctx.Writer.Write(_inputs.Length);
            foreach (string input in _inputs)
                ctx.SaveNonEmptyString(input);
        }

        private protected override RowMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema);

        private sealed class Mapping : RowMapping
        {
            private readonly DataViewSchema.Column[] _sources;
            private readonly PrimitiveDataViewType _item;
            private readonly bool _identity;

            public Mapping(ColumnConcatenatingTransformer parent, DataViewSchema input) : base(input)
            {
                _sources = Array.ConvertAll(parent._inputs, name => input.RequireColumn(name));
                _item = (PrimitiveDataViewType)_sources[0].Type.ItemType();
                foreach (var source in _sources)
                {
                    if (!source.Type.ItemType().Equals(_item))
                        throw Contracts.WrongColumn("inputSchema", "input", source.Name, _item, source.Type);
                }
                _identity = _sources is [{ Type: VectorDataViewType }];
                Added = [_identity ? new DataViewSchema.DetachedColumn(parent._output, _sources[0].Type, _sources[0].Annotations) : Describe(parent._output)];
            }

            public override DataViewSchema.DetachedColumn[] Added { get; }

            public override IEnumerable<int> Sources(int added) => _sources.Select(source => source.Index);

            public override Delegate MakeGetter(DataViewRow row, int added)
                => _identity ? row.Getter(_sources[0]) : Generic.Call<Delegate>(MakeVectorGetter<int>, _item.RawType, row);

            private DataViewSchema.DetachedColumn Describe(string name)
            {
                int size = _sources.Any(source => SizeOf(source) == 0) ? 0 : _sources.Sum(SizeOf);
                var annotations = new DataViewSchema.Annotations.Builder();
                if (_item is NumberDataViewType && _sources.All(source => source.IsNormalized()))
                    annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
                if (size > 0 && _sources.Any(source => source.Type is not VectorDataViewType || source.HasSlotNames()))
                    annotations.Add<VBuffer<ReadOnlyMemory<char>>>(AnnotationKinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, size), GetSlotNames);
                return new DataViewSchema.DetachedColumn(name, new VectorDataViewType(_item, size), annotations.ToAnnotations());
            }

            private static int SizeOf(DataViewSchema.Column source) => source.Type is VectorDataViewType vector ? vector.Size : 1;

            private void GetSlotNames(ref VBuffer<ReadOnlyMemory<char>> value)
            {
                var names = new List<ReadOnlyMemory<char>>();
                VBuffer<ReadOnlyMemory<char>> own = default;
                foreach (var source in _sources)
                {
                    if (source.Type is not VectorDataViewType)
                        names.Add(source.Name.AsMemory());
                    else if (source.HasSlotNames())
                    {
                        source.GetSlotNames(ref own);
                        names.AddRange(own.DenseValues().Select(slot => slot.IsEmpty ? slot : $"{source.Name}.{slot}".AsMemory()));
                    }
                    else
                        names.AddRange(new ReadOnlyMemory<char>[SizeOf(source)]);
                }
                VBuffer<ReadOnlyMemory<char>>.Copy(names.ToArray(), 0, ref value, names.Count);
            }

            private ValueGetter<VBuffer<T>> MakeVectorGetter<T>(DataViewRow row)
            {
                var parts = new VBuffer<T>[_sources.Length];
                var getters = Array.ConvertAll(_sources, source => source.Type is VectorDataViewType ? row.GetGetter<VBuffer<T>>(source) : ScalarAsVector(row.GetGetter<T>(source)));
                return (ref VBuffer<T> value) =>
                {
                    int length = 0, count = 0;
                    for (int i = 0; i < parts.Length; i++)
                    {
                        getters[i](ref parts[i]);
                        int expected = SizeOf(_sources[i]);
                        Contracts.Check(expected == 0 || expected == parts[i].Length, $"Column '{_sources[i].Name}': expected {expected} slots, but got {parts[i].Length}");
                        length += parts[i].Length;
                        count += parts[i].GetValues().Length;
                    }
                    bool sparse = count <= length / 2;
                    var editor = VBufferEditor.Create(ref value, length, sparse ? count : length);
                    int slot = 0, stored = 0;
                    foreach (var part in parts)
                    {
                        if (sparse)
                        {
                            foreach (var (index, item) in part.Items())
                            {
                                editor.Values[stored] = item;
                                editor.Indices[stored++] = slot + index;
                            }
                        }
                        else
                            part.CopyTo(editor.Values, slot);
                        slot += part.Length;
                    }
                    value = editor.Commit();
                };
            }

            private static ValueGetter<VBuffer<T>> ScalarAsVector<T>(ValueGetter<T> getter) => (ref VBuffer<T> value) =>
            {
                var editor = VBufferEditor.Create(ref value, 1);
                getter(ref editor.Values[0]);
                value = editor.Commit();
            };
        }
    }
}
