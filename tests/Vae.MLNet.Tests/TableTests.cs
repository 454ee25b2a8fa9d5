using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Columns of many types in one model: each is seen, and given back, as what it is.</summary>
public sealed class TableTests(MixedModel mixed) : IClassFixture<MixedModel>
{
    private readonly MLContext _ml = mixed.Ml;

    public static TheoryData<string, Func<MixedRow, double>, Func<MixedOutput, double>> Numbers => new()
    {
        { "U", row => row.U, output => output.USeen },
        { "Time", row => row.Time, output => output.TimeSeen },
        { "Tiny", row => row.Tiny, output => output.TinySeen },
        { "Small", row => row.Small, output => output.SmallSeen },
        { "Whole", row => row.Whole, output => output.WholeSeen },
        { "Large", row => row.Large, output => output.LargeSeen },
        { "Level", row => row.Level, output => output.LevelSeen },
        { "Port", row => row.Port, output => output.PortSeen },
        { "Count", row => row.Count, output => output.CountSeen },
        { "Size", row => row.Size, output => output.SizeSeen },
        { "Parts[1]", row => row.Parts[1], output => output.PartsSeen[1] },
        { "Parts[2]", row => row.Parts[2], output => output.PartsSeen[2] },
        { "Pair[1]", row => row.V, output => output.PairSeen[1] },
    };

    public static TheoryData<string, Func<MixedRow, ulong>, Func<MixedOutput, ulong>> Categories => new()
    {
        { "Flag", row => row.Flag ? 1u : 0, output => output.FlagSeen ? 1u : 0 },
        // Keys count from 0 in the rows that go in, and from 1 in columns.
        { "Quarter", row => row.Quarter + 1u, output => output.QuarterSeen },
        { "Fifth", row => row.Fifth + 1, output => output.FifthSeen },
        { "Third", row => row.Third + 1, output => output.ThirdSeen },
        { "Word", row => (ulong)row.Word.Length, output => (ulong)output.WordBack.Length },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_come_back_in_their_units(string column, Func<MixedRow, double> given, Func<MixedOutput, double> seen)
    {
        double mean = mixed.Rows.Average(given);
        double variance = mixed.Rows.Average(row => Math.Pow(given(row) - mean, 2));
        double error = mixed.Rows.Zip(mixed.Outputs).Average(each => Math.Pow(given(each.First) - seen(each.Second), 2));
        Assert.True(error < 0.02 * variance, $"{column}: {error / variance} of the variance is left");
    }

    [Theory]
    [MemberData(nameof(Categories))]
    public void Categories_and_flags_come_back_as_they_were(string column, Func<MixedRow, ulong> given, Func<MixedOutput, ulong> seen)
    {
        double right = mixed.Rows.Zip(mixed.Outputs).Average(each => given(each.First) == seen(each.Second) ? 1.0 : 0);
        double majority = mixed.Rows.GroupBy(given).Max(group => group.Count()) / (double)mixed.Rows.Length;
        Assert.True(right > 0.9 && right > majority + 0.25, $"{column}: {right} are right, the majority is {majority}");
    }

    [Fact]
    public void A_double_keeps_the_precision_that_a_single_has_not()
    {
        // Singles near 1.6e9 are 128 apart.
        Assert.True(mixed.Outputs.Count(output => output.TimeSeen != (float)output.TimeSeen) > mixed.Rows.Length * 0.9);
        Assert.Equal(mixed.Rows.Average(row => row.Time), mixed.Outputs.Average(output => output.TimeSeen), 60.0);
    }

    [Fact]
    public void Integers_are_rounded_and_stay_within_their_type()
    {
        float[] decoded = Decoded(out int width);
        int level = OffsetOf("Level");
        int tiny = OffsetOf("Tiny");
        for (int i = 0; i < mixed.Rows.Length; i++)
        {
            Assert.Equal(Math.Clamp(decoded[i * width + level], 0, 255), mixed.Outputs[i].LevelSeen, 0.501);
            Assert.Equal(Math.Clamp(decoded[i * width + tiny], -128, 127), mixed.Outputs[i].TinySeen, 0.501);
        }
        // Some would be beyond the range, where they would start again from its other end.
        Assert.Contains(Enumerable.Range(0, mixed.Rows.Length), i => decoded[i * width + level] is < -1 or > 256);
    }

    [Fact]
    public void A_decoded_row_has_numbers_in_their_units_and_categories_as_probabilities_in_column_order()
    {
        float[] decoded = Decoded(out int width);
        Assert.Equal(11 + 4 + 5 + 3 + 3 + 3 + 2, width);
        for (int i = 0; i < mixed.Rows.Length; i++)
        {
            ReadOnlySpan<float> row = decoded.AsSpan(i * width, width);
            MixedOutput output = mixed.Outputs[i];
            TestRows.AssertClose([output.USeen, (float)output.TimeSeen, .. output.PartsSeen, .. output.PairSeen], [row[0], row[1], .. row[^5..]], 1e-5f);
            Assert.InRange(row[OffsetOf("Flag")], 0, 1);
            Assert.Equal(output.FlagSeen, row[OffsetOf("Flag")] >= 0.5);
            RequireProbabilities(row.Slice(OffsetOf("Word"), 3), output.WordSeen);
            RequireProbabilities(row.Slice(OffsetOf("Quarter"), 4), output.QuarterSeen);
            RequireProbabilities(row.Slice(OffsetOf("Fifth"), 5), output.FifthSeen);
            RequireProbabilities(row.Slice(OffsetOf("Third"), 3), output.ThirdSeen);
        }
    }

    [Fact]
    public void Reconstructions_have_the_type_the_slot_names_and_the_key_values_of_their_columns()
    {
        DataViewSchema schema = mixed.Vae.GetOutputSchema(mixed.Prepared.Schema);
        foreach (string name in MixedModel.Columns)
        {
            DataViewSchema.Column given = mixed.Prepared.Schema[name];
            DataViewSchema.Column seen = schema[name + "Seen"];
            Assert.Equal(given.Type, seen.Type);
            Assert.Equal(given.HasSlotNames(), seen.HasSlotNames());
            Assert.Equal(given.HasKeyValues(), seen.HasKeyValues());
        }
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["PairSeen"].GetSlotNames(ref names);
        Assert.Equal(["U", "V"], names.DenseValues().Select(each => $"{each}"));
        schema["WordSeen"].GetKeyValues(ref names);
        Assert.Equal(["high", "low", "middle"], names.DenseValues().Select(each => $"{each}").Order());
        Assert.Equal(["Latent", "LogVariance", "Draw", .. MixedModel.Columns.Select(name => name + "Seen"), "Score"], schema.Skip(mixed.Prepared.Schema.Count).Select(column => column.Name));
    }

    [Fact]
    public void The_shape_announced_before_fitting_is_the_schema_after_it()
    {
        var spy = new ShapeSpy();
        using TransformerChain<ITransformer> model = mixed.Preparation
            .Append<ITransformer>(_ml.Transforms.VariationalAutoencoder(MixedModel.Options(options => options.NumberOfEpochs = 1)))
            .Append<ITransformer>(spy)
            .Fit(mixed.Data);
        DataViewSchema schema = model.GetOutputSchema(mixed.Data.Schema);
        Dictionary<string, SchemaShape.Column> shape = spy.Seen!.ToDictionary(column => column.Name);
        Assert.Equal(schema.Select(column => column.Name).Distinct().Order(), shape.Keys.Order());
        foreach (string name in new[] { "Latent", "LogVariance", "Draw", "Score" }.Concat(MixedModel.Columns.Select(each => each + "Seen")))
        {
            DataViewType type = schema[name].Type;
            DataViewType item = (type as VectorDataViewType)?.ItemType ?? type;
            SchemaShape.Column announced = shape[name];
            Assert.Equal(type is VectorDataViewType ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.Scalar, announced.Kind);
            Assert.Equal(item is KeyDataViewType, announced.IsKey);
            Assert.Equal(item.RawType, announced.ItemType.RawType);
            Assert.Equal(schema[name].HasSlotNames(), announced.Annotations.Any(each => each.Name == "SlotNames"));
            Assert.Equal(schema[name].HasKeyValues(), announced.Annotations.Any(each => each.Name == "KeyValues"));
        }
    }

    [Fact]
    public void The_shorter_calls_take_names()
    {
        using VaeTransformer some = _ml.Transforms.VariationalAutoencoder("Latent", "Time", "Word", "Flag").Fit(_ml.Data.TakeRows(mixed.Prepared, 50));
        Assert.Equal(["Time", "Word", "Flag"], some.InputColumns.Select(column => column.Name));
        Assert.Equal([VaeLikelihood.Gaussian, VaeLikelihood.Categorical, VaeLikelihood.Bernoulli], some.InputColumns.Select(column => column.Likelihood!.Value));
        Assert.Equal([VaeScaling.Standard, VaeScaling.None, VaeScaling.None], some.InputColumns.Select(column => column.Scaling!.Value));
        Assert.Equal((5, 16), (some.InputSize, some.LatentDimension));

        using VaeTransformer sized = _ml.Transforms.VariationalAutoencoder("Code", ["Fifth", "Parts"], latentDimension: 3, numberOfEpochs: 1, seed: 4).Fit(mixed.Prepared);
        Assert.Equal((8, 3), (sized.InputSize, sized.LatentDimension));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), sized.GetOutputSchema(mixed.Prepared.Schema)["Code"].Type);

        using VaeTransformer alone = _ml.Transforms.VariationalAutoencoder("Latent", "Word", latentDimension: 2, numberOfEpochs: 1).Fit(mixed.Prepared);
        Assert.Equal((3, "Word"), (alone.InputSize, Assert.Single(alone.InputColumns).Name));
    }

    [Fact]
    public void A_column_may_name_its_reconstruction()
    {
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            InputColumns = ["Flag", new VaeInputColumn("Time") { ReconstructionColumnName = "When" }, "Word"],
            NumberOfEpochs = 1,
        }).Fit(mixed.Prepared);
        DataViewSchema schema = model.GetOutputSchema(mixed.Prepared.Schema);
        Assert.Equal(["Latent", "When"], schema.Skip(mixed.Prepared.Schema.Count).Select(column => column.Name));
        Assert.Equal(NumberDataViewType.Double, schema["When"].Type);
        Assert.Equal([null, "When", null], model.InputColumns.Select(column => column.ReconstructionColumnName));
    }

    [Fact]
    public void The_order_of_the_columns_does_not_change_what_they_are()
    {
        string[] names = ["Word", "Parts", "Flag", "Time", "Fifth", "Whole"];
        foreach (string[] order in new[] { names, [.. names.Reverse()], ["Flag", "Fifth", "Whole", "Word", "Time", "Parts"] })
        {
            using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(MixedModel.Options(options =>
            {
                options.InputColumns = [.. order.Select(name => new VaeInputColumn(name))];
                options.NumberOfEpochs = 20;
            })).Fit(mixed.Prepared);
            IDataView view = model.Transform(mixed.Prepared);
            Assert.InRange(view.Values<double>("TimeSeen").Zip(mixed.Rows).Average(each => Math.Abs(each.First - each.Second.Time)), 0, 400);
            Assert.InRange(view.Values<int>("WholeSeen").Zip(mixed.Rows).Average(each => Math.Abs(each.First - each.Second.Whole)), 0, 150_000);
            Assert.InRange(view.Values<uint>("FifthSeen").Zip(mixed.Rows).Count(each => each.First == each.Second.Fifth + 1), 1100, 1500);
            Assert.InRange(view.Values<bool>("FlagSeen").Zip(mixed.Rows).Count(each => each.First == each.Second.Flag), 1350, 1500);
        }
    }

    private static int OffsetOf(string column)
    {
        int offset = 0;
        foreach (string name in MixedModel.Columns.TakeWhile(name => name != column))
        {
            offset += name switch { "Word" or "Third" or "Parts" => 3, "Quarter" => 4, "Fifth" => 5, "Pair" => 2, _ => 1 };
        }
        return offset;
    }

    private static void RequireProbabilities(ReadOnlySpan<float> probabilities, ulong key)
    {
        float[] all = [.. probabilities];
        Assert.Equal(1, all.Sum(), 1e-4f);
        Assert.All(all, probability => Assert.InRange(probability, 0, 1));
        Assert.Equal(all.Max(), all[(int)key - 1]);
    }

    private float[] Decoded(out int width)
    {
        width = mixed.Vae.InputSize;
        var rows = new float[mixed.Rows.Length * width];
        mixed.Vae.Decode([.. mixed.Outputs.SelectMany(output => output.Latent)], rows);
        return rows;
    }

    /// <summary>A chain asks its estimators for their shapes before it fits them: this one remembers what it was told, and adds nothing.</summary>
    private sealed class ShapeSpy : IEstimator<ITransformer>
    {
        private readonly IEstimator<ITransformer> _inner = new MLContext().Transforms.CopyColumns("Latent", "Latent");

        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => _inner.Fit(input);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Seen = inputSchema;
    }
}
