using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML
{
    /// <summary>A transformer that predicts with a model.</summary>
    public interface IPredictionTransformer<out TModel> : ITransformer where TModel : class
    {
        TModel Model { get; }
    }

    /// <summary>A transformer that predicts from one column.</summary>
    public interface ISingleFeaturePredictionTransformer<out TModel> : IPredictionTransformer<TModel> where TModel : class
    {
        string FeatureColumnName { get; }

        DataViewType FeatureColumnType { get; }
    }
}

namespace Microsoft.ML.Data
{
    /// <summary>A transformer that predicts with a model.</summary>
    public abstract class PredictionTransformerBase<TModel> : IPredictionTransformer<TModel>, IDisposable where TModel : class
    {
        private protected PredictionTransformerBase(TModel model, DataViewSchema trainSchema)
        {
            Model = model;
            TrainSchema = trainSchema;
        }

        public TModel Model { get; }

        bool ITransformer.IsRowToRowMapper => true;

        private protected DataViewSchema TrainSchema { get; }

        public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

        public IDataView Transform(IDataView input)
        {
            ArgumentNullException.ThrowIfNull(input);
            return new RowToRowView(input, new RowBinding(Bind(input.Schema)));
        }

        public void Dispose() => (Model as IDisposable)?.Dispose();

        IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
        {
            ArgumentNullException.ThrowIfNull(inputSchema);
            return new RowBinding(Bind(inputSchema));
        }

        void ICanSaveModel.Save(ModelSaveContext ctx)
        {
            Save(ctx);
            PredictorParts.Save(ctx, Model, TrainSchema);
        }

        private protected abstract RowMapping Bind(DataViewSchema inputSchema);

        private protected abstract void Save(ModelSaveContext ctx);
    }

    /// <summary>The entries of a saved predictor beside its own: the model, and the schema that it was trained with.</summary>
    internal static class PredictorParts
    {
        private const string ModelDirectory = "Model";
        private const string TrainSchemaEntry = "TrainSchema";

        public static void Save(ModelSaveContext ctx, object model, DataViewSchema trainSchema)
        {
            ctx.SaveModel((ICanSaveModel)model, ModelDirectory);
            ctx.SaveBinaryStream(TrainSchemaEntry, writer => SchemaFormat.Write(writer.BaseStream, trainSchema));
        }

        public static (object Model, DataViewSchema TrainSchema) Load(IHostEnvironment env, ModelLoadContext ctx)
        {
            DataViewSchema schema = null;
            Contracts.CheckDecode(ctx.TryLoadBinaryStream(TrainSchemaEntry, reader => schema = SchemaFormat.Read(reader.BaseStream)), "The schema that the model was trained with is missing.");
            return (ctx.LoadModel<object>(env, ModelDirectory), schema);
        }
    }

    /// <summary>A transformer that predicts from one column.</summary>
    public abstract class SingleFeaturePredictionTransformerBase<TModel> : PredictionTransformerBase<TModel>, ISingleFeaturePredictionTransformer<TModel> where TModel : class
    {
        private protected SingleFeaturePredictionTransformerBase(TModel model, DataViewSchema trainSchema, string featureColumn) : base(model, trainSchema)
        {
            FeatureColumnName = featureColumn;
            FeatureColumnType = trainSchema.RequireColumn(featureColumn, nameof(featureColumn), "feature").Type;
        }

        public string FeatureColumnName { get; }

        public DataViewType FeatureColumnType { get; }

        public sealed override DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
        {
            ArgumentNullException.ThrowIfNull(inputSchema);
            return new RowBinding(Bind(inputSchema)).OutputSchema;
        }

        private protected DataViewSchema.Column RequireFeatures(DataViewSchema inputSchema)
        {
            var column = inputSchema.RequireColumn(FeatureColumnName, nameof(inputSchema), "feature");
            return column.Type.Equals(FeatureColumnType) ? column
                : throw Contracts.WrongColumn(nameof(inputSchema), "feature", FeatureColumnName, FeatureColumnType, column.Type);
        }
    }
}
