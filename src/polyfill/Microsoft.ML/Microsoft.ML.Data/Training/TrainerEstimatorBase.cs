using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>An estimator that trains a model for prediction.</summary>
public interface ITrainerEstimator<out TTransformer, out TModel> : IEstimator<TTransformer> where TTransformer : IPredictionTransformer<TModel> where TModel : class
{
    TrainerInfo Info { get; }
}

/// <summary>A trainer with one feature column, and perhaps a label and a weight column.</summary>
public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel> where TModel : class
{
    public readonly SchemaShape.Column FeatureColumn;
    public readonly SchemaShape.Column LabelColumn;
    public readonly SchemaShape.Column WeightColumn;

    private protected TrainerEstimatorBase(IHost host, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight)
    {
        Host = host;
        FeatureColumn = feature;
        LabelColumn = label;
        WeightColumn = weight;
    }

    public abstract TrainerInfo Info { get; }

    private protected IHost Host { get; }

    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check(SchemaShape.Create(input.Schema));
        return Train(input);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Check(inputSchema);
        return inputSchema.With(OutputColumns(inputSchema));
    }

    private protected abstract TTransformer Train(IDataView input);

    private protected abstract SchemaShape.Column[] OutputColumns(SchemaShape inputSchema);

    private void Check(SchemaShape schema)
    {
        Check(schema, FeatureColumn, "feature");
        if (WeightColumn.Name != null)
            Check(schema, WeightColumn, "weight");
        Check(schema, LabelColumn, "label");
    }

    private static void Check(SchemaShape schema, SchemaShape.Column wanted, string role)
    {
        var found = schema.RequireColumn(wanted.Name, "inputSchema", role);
        if (found.Kind != wanted.Kind || found.IsKey != wanted.IsKey || !found.ItemType.Equals(wanted.ItemType))
            throw Contracts.WrongColumn("inputSchema", role, wanted.Name, wanted.TypeString, found.TypeString);
    }
}

/// <summary>The columns of a trainer.</summary>
public abstract class TrainerInputBase
{
    private protected TrainerInputBase()
    {
    }

    public string FeatureColumnName = "Features";
}

/// <summary>The columns of a trainer with a label.</summary>
public abstract class TrainerInputBaseWithLabel : TrainerInputBase
{
    private protected TrainerInputBaseWithLabel()
    {
    }

    public string LabelColumnName = "Label";
}

/// <summary>The columns of a trainer with a label and weights.</summary>
public abstract class TrainerInputBaseWithWeight : TrainerInputBaseWithLabel
{
    private protected TrainerInputBaseWithWeight()
    {
    }

    public string ExampleWeightColumnName;
}

/// <summary>What a trainer has learned.</summary>
public abstract class ModelParametersBase<TOutput> : ICanSaveModel
{
    private protected ModelParametersBase()
    {
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    private protected abstract void Save(ModelSaveContext ctx);
}
