using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Xunit;

namespace Packages.Tests.MLNet;

/// <summary>What a component from outside reaches inside ML.NET.</summary>
public class InternalsTests
{
    [Fact]
    public void Every_catalog_leads_to_the_environment()
    {
        var ml = new MLContext(3);
        object[] catalogs = [ml.Transforms, ml.Transforms.Conversion, ml.Data, ml.Model, ml.MulticlassClassification, ml.MulticlassClassification.Trainers];
        var environments = catalogs.Select(Internals.Environment).ToArray();
        Assert.All(environments, env => Assert.Same(environments[0], env));
        Assert.IsNotType<MLContext>(environments[0]);
    }

    [Fact]
    public void A_shape_column_can_be_made()
    {
        var column = Internals.Column("F", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, null);
        Assert.Equal("F", column.Name);
        Assert.Empty(column.Annotations);
        var shape = new SchemaShape([column, Internals.Column("K", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape([column]))]);
        Assert.Equal(2, shape.Count);
        Assert.True(shape[1].IsKey);
        Assert.Equal("F", shape[1].Annotations[0].Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => Internals.Column("V", SchemaShape.Column.VectorKind.Vector, new VectorDataViewType(NumberDataViewType.Single, 2), false, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => Internals.Column("V", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, true, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchemaShape([default]));
    }

    [Fact]
    public void Cancelling_reaches_the_hosts()
    {
        var ml = new MLContext(1);
        var host = ((IHostEnvironment)ml).Register("Work");
        var inner = host.Register("More");
        Internals.CheckAlive(host);
        Internals.Cancel(ml);
        Assert.Throws<OperationCanceledException>(() => Internals.CheckAlive(host));
        Assert.Throws<OperationCanceledException>(() => Internals.CheckAlive(inner));
        Internals.CheckAlive(ml);
    }

    [Fact]
    public void Random_numbers_follow_the_seed_and_the_name_does_not_matter()
    {
        static int[] Draw(int seed)
        {
            var host = ((IHostEnvironment)new MLContext(seed)).Register("Anything");
            return [host.Rand.Next(), host.Rand.Next(1000), host.Register("Inner").Rand.Next()];
        }
        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
        var ml = (IHostEnvironment)new MLContext(7);
        Assert.NotEqual(ml.Register("A").Rand.Next(), ml.Register("A").Rand.Next());
        Assert.Equal(ml.Register("A", seed: 5).Rand.NextDouble(), ml.Register("B", seed: 5).Rand.NextDouble());
    }
}
