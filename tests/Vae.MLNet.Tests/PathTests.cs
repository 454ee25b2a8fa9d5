using Microsoft.ML;
using Microsoft.ML.Data;
using SampleReader;
using Vae.MLNet.Sampling;
using Vae.MLNet.Sampling.Latents;

namespace Vae.MLNet.Tests;

/// <summary>Ways through the latent space, from row to row or along one dimension, as rows with the step as a column.</summary>
[Collection(nameof(SampledModels))]
public sealed class PathTests(SampledModels models)
{
    private readonly MLContext _ml = models.Table.Ml;
    private readonly SampledTable _table = models.Table;
    private readonly SampledKinds _kinds = models.Kinds;

    [Theory]
    [InlineData(VaePath.Linear)]
    [InlineData(VaePath.Spherical)]
    public void The_ends_of_an_interpolation_are_the_rows_as_the_model_sees_them(VaePath path)
    {
        IDataView ends = _ml.Data.TakeRows(_table.Prepared, 2);
        IDataView view = _ml.Data.InterpolateVae(_table.Model, ends, steps: 5, path, latentColumnName: "Z");
        Assert.Equal(["Step", .. SampledTable.Columns, "Z"], view.Schema.Select(column => column.Name));
        Assert.Equal(NumberDataViewType.Single, view.Schema["Step"].Type);
        Assert.Equal([0, 0.25f, 0.5f, 0.75f, 1], view.ValuesOf<float>("Step"));
        Assert.Equal(5, view.GetRowCount());
        float[][] means = _table.Model.Transform(ends).VectorsOf("Latent");
        float[][] latents = view.VectorsOf("Z");
        TestRows.AssertClose(means[0], latents[0], 1e-6f);
        TestRows.AssertClose(means[1], latents[^1], 1e-6f);
        var decoded = new float[2 * _table.Model.InputSize];
        _table.Model.Decode([.. means[0], .. means[1]], decoded);
        float[] amounts = view.ValuesOf<float>("Amount");
        TestRows.AssertClose([decoded[1], decoded[_table.Model.InputSize + 1]], [amounts[0], amounts[^1]], 1e-5f);
        // A trained column has the type that it had: between two rows Word is one of the words.
        Assert.Equal(_table.Prepared.Schema["Word"].Type, view.Schema["Word"].Type);
        Assert.All(view.ValuesOf<uint>("Word"), word => Assert.InRange(word, 1u, 3u));
    }

    [Fact]
    public void A_straight_line_is_even()
    {
        float[][] latents = _ml.Data.InterpolateVae(_table.Model, _ml.Data.TakeRows(_table.Prepared, 2), steps: 7, latentColumnName: "Z").VectorsOf("Z");
        for (int step = 0; step < 7; step++)
        {
            TestRows.AssertClose([.. latents[0].Zip(latents[6], (from, to) => from + (to - from) * step / 6)], latents[step], 1e-5f);
        }
    }

    [Fact]
    public void Along_the_sphere_the_norm_stays_and_the_steps_are_equal_turns()
    {
        float[] from = [3, 0, 4];
        float[] to = [0, 5, 0];
        float[] places = LatentPath.Steps(0, 1, 10);
        float[] way = LatentPath.Between(from, to, places, VaePath.Spherical);
        float[][] points = [.. way.Chunk(3)];
        Assert.All(points, point => Assert.Equal(5, Norm(point), 1e-5));
        Assert.All(points.Zip(points.Skip(1)), pair => Assert.Equal(2 * 5 * Math.Sin(Math.PI / 2 / 9 / 2), Norm([.. pair.First.Zip(pair.Second, (a, b) => a - b)]), 1e-5));
        // The straight line goes nearer to the centre, where no latents are.
        Assert.Equal(5 / Math.Sqrt(2), LatentPath.Between(from, to, LatentPath.Steps(0, 1, 3), VaePath.Linear).Chunk(3).Min(Norm), 1e-5);

        // Of different lengths: evenly from one to the other.
        double[] norms = [.. LatentPath.Between([1, 0], [0, 4], LatentPath.Steps(0, 1, 3), VaePath.Spherical).Chunk(2).Select(Norm)];
        Assert.Equal(1, norms[0], 1e-5);
        Assert.Equal(2.5, norms[1], 1e-5);
        Assert.Equal(4, norms[2], 1e-5);
    }

    [Theory]
    [InlineData(new float[] { 1, 2 }, new float[] { 2, 4 })]
    [InlineData(new float[] { 1, 2 }, new float[] { -1, -2 })]
    [InlineData(new float[] { 0, 0 }, new float[] { 3, 1 })]
    [InlineData(new float[] { 1, 2 }, new float[] { 1, 2 })]
    [InlineData(new float[] { 0, 0 }, new float[] { 0, 0 })]
    public void On_one_line_with_the_centre_the_sphere_is_the_line(float[] from, float[] to)
    {
        float[] places = LatentPath.Steps(0, 1, 5);
        TestRows.AssertClose(LatentPath.Between(from, to, places, VaePath.Linear), LatentPath.Between(from, to, places, VaePath.Spherical), 1e-6f);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(11)]
    [InlineData(3000)]
    public void There_are_as_many_steps_as_are_asked_for(int steps)
    {
        IDataView way = _ml.Data.InterpolateVae(_table.Model, _ml.Data.TakeRows(_table.Prepared, 2), steps);
        float[] places = way.ValuesOf<float>("Step");
        Assert.Equal(steps, places.Length);
        Assert.Equal((0, 1), (places[0], places[^1]));
        Assert.Equal(places.Order(), places);
        IDataView range = _ml.Data.TraverseVae(_table.Model, 1, steps: steps);
        places = range.ValuesOf<float>("Step");
        Assert.Equal(steps, places.Length);
        Assert.Equal((-3, 3), (places[0], places[^1]));
        // A set of cursors shares them out.
        string[] expected = RowBits.Of(range);
        Assert.Equal(expected.Order(), range.GetRowCursorSet(range.Schema, 3).SelectMany(cursor => RowBits.Of(cursor, [.. range.Schema.Select(column => column.Name)])).Order());
    }

    [Fact]
    public void Rows_of_a_path_are_means_unless_draws_are_asked_for()
    {
        IDataView ends = _ml.Data.TakeRows(_table.Prepared, 2);
        IDataView means = _ml.Data.InterpolateVae(_table.Model, ends, 50);
        IDataView draws = _ml.Data.InterpolateVae(_table.Model, ends, 50, decoding: VaeDecoding.Draw);
        Assert.Empty(RowBits.Of(means, "Amount").Intersect(RowBits.Of(draws, "Amount")));
        Assert.Equal(RowBits.Of(means, "Step"), RowBits.Of(draws, "Step"));
        Assert.Equal(RowBits.Of(draws), RowBits.Of(draws));
        Assert.Equal(RowBits.Of(draws), RowBits.Of(_ml.Data.InterpolateVae(_table.Model, ends, 50, decoding: VaeDecoding.Draw)));
        // A path without noise has small steps.
        double Jumps(float[] values) => values.Zip(values.Skip(1), (a, b) => Math.Abs(a - b)).Average();
        Assert.True(Jumps(means.ValuesOf<float>("Amount")) < Jumps(draws.ValuesOf<float>("Amount")));
    }

    [Fact]
    public void A_traversal_changes_one_dimension_only()
    {
        IDataView view = _ml.Data.TraverseVae(_table.Model, 2, from: -2, to: 1, steps: 4, stepColumnName: "Place", latentColumnName: "Z");
        Assert.Equal(["Place", .. SampledTable.Columns, "Z"], view.Schema.Select(column => column.Name));
        Assert.Equal([-2, -1, 0, 1], view.ValuesOf<float>("Place"));
        Assert.Equal([[0, 0, -2], [0, 0, -1], [0, 0, 0], [0, 0, 1]], view.VectorsOf("Z"));
        var decoded = new float[4 * _table.Model.InputSize];
        _table.Model.Decode([0, 0, -2, 0, 0, -1, 0, 0, 0, 0, 0, 1], decoded);
        TestRows.AssertClose([.. decoded.Chunk(_table.Model.InputSize).Select(row => row[1])], view.ValuesOf<float>("Amount"), 1e-5f);
        // Backwards as well.
        Assert.Equal([1, 0, -1, -2], _ml.Data.TraverseVae(_table.Model, 2, from: 1, to: -2, steps: 4).ValuesOf<float>("Step"));
    }

    [Fact]
    public void A_traversal_starts_at_the_row_that_is_given()
    {
        IDataView row = _ml.Data.TakeRows(_ml.Data.SkipRows(_table.Prepared, 5), 1);
        float[] mean = _table.Model.Transform(row).VectorsOf("Latent")[0];
        float[][] latents = _ml.Data.TraverseVae(_table.Model, 1, steps: 3, row: row, latentColumnName: "Z").VectorsOf("Z");
        Assert.Equal(3, latents.Length);
        for (int step = 0; step < 3; step++)
        {
            TestRows.AssertClose([mean[0], -3 + 3 * step, mean[2]], latents[step], 1e-6f);
        }
    }

    [Fact]
    public void A_path_of_a_conditional_model_is_within_its_label()
    {
        KindRow[] rows = [.. _kinds.Rows.Where(row => row.Kind == "b").Take(2)];
        IDataView ends = _kinds.KindToKey.Transform(_ml.Data.LoadFromEnumerable(rows));
        IDataView way = _ml.Data.InterpolateVae(_kinds.ByKind, ends, 6);
        Assert.Equal(["Step", "X", "Y", "W", "Kind"], way.Schema.Select(column => column.Name));
        Assert.Equal(6, way.ValuesOf<uint>("Kind").Length);
        Assert.Equal(ends.ValuesOf<uint>("Kind")[0], Assert.Single(way.ValuesOf<uint>("Kind").Distinct()));
        Assert.All(way.ValuesOf<float>("X"), x => Assert.Equal(SampledKinds.Centres[1], x, 1.5));

        uint KeyOf(string label) => _kinds.Prepared.ValuesOf<uint>("Kind")[Array.FindIndex(_kinds.Rows, row => row.Kind == label)];
        IDataView labelled = _ml.Data.TraverseVae(_kinds.ByKind, 0, label: "c");
        Assert.Equal(KeyOf("c"), Assert.Single(labelled.ValuesOf<uint>("Kind").Distinct()));
        Assert.Equal(SampledKinds.Centres[2], labelled.ValuesOf<float>("X").Average(), 1.5);
        // The row's own label, unless another is named.
        IDataView row = _ml.Data.TakeRows(ends, 1);
        Assert.Equal(KeyOf("b"), Assert.Single(_ml.Data.TraverseVae(_kinds.ByKind, 0, row: row).ValuesOf<uint>("Kind").Distinct()));
        Assert.Equal(KeyOf("a"), Assert.Single(_ml.Data.TraverseVae(_kinds.ByKind, 0, row: row, label: "a").ValuesOf<uint>("Kind").Distinct()));
        Assert.Equal(2u, Assert.Single(_ml.Data.TraverseVae(_kinds.ByNumber, 0, label: "2").ValuesOf<uint>("Number").Distinct()));
    }

    [Fact]
    public void Rows_of_a_chain_are_read_as_its_first_transformer_reads_them()
    {
        var chain = _kinds.KindToKey.Append(_kinds.ByKind);
        KindRow[] rows = [.. _kinds.Rows.Where(row => row.Kind == "b").Take(2)];
        IDataView raw = _ml.Data.LoadFromEnumerable(rows);
        IDataView ends = _kinds.KindToKey.Transform(raw);
        Assert.Equal(RowBits.Of(_ml.Data.InterpolateVae(_kinds.ByKind, ends)), RowBits.Of(_ml.Data.InterpolateVae(chain, raw)));
        Assert.Equal(
            RowBits.Of(_ml.Data.TraverseVae(_kinds.ByKind, 1, row: _ml.Data.TakeRows(ends, 1))), RowBits.Of(_ml.Data.TraverseVae(chain, 1, row: _ml.Data.TakeRows(raw, 1))));
    }

    [Fact]
    public void A_plain_autoencoder_has_paths_as_well()
    {
        using VaeTransformer model = _kinds.Fit(options => (options.Objective, options.DrawColumnName, options.NumberOfEpochs) = (new VaeObjective.Autoencoder(), null, 2));
        Assert.Equal(11, _ml.Data.InterpolateVae(model, _ml.Data.TakeRows(_kinds.Prepared, 2)).ValuesOf<float>("X").Length);
        Assert.Equal(11, _ml.Data.TraverseVae(model, 1).ValuesOf<float>("X").Length);
    }

    private static double Norm(float[] point) => Math.Sqrt(point.Sum(value => (double)value * value));
}
