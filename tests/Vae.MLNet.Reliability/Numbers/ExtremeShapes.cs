using static Vae.MLNet.Reliability.Numbers.SmallTables;

namespace Vae.MLNet.Reliability.Numbers;

/// <summary>Very wide, very few, very sparse: legal shapes that nobody has in mind.</summary>
internal static class ExtremeShapes
{
    private const string Kind = "extreme shapes";
    private const int Rows = 12;
    private const int Wide = 10_000;
    private const int Many = 2_000;
    private const int Declared = 1_000_000;

    public static IEnumerable<NumberCase> All { get; } =
    [
        new(Kind, "one vector of 10,000", () => Of(Rows, Vectors("Wide", Wide, Enumerable.Range(0, Rows).Select(row => Array.ConvertAll(Normal(Wide, row + 1), value => (float)value))))) { MustTrain = true },
        new(Kind, "2,000 scalar columns", () => Of(Rows, Enumerable.Range(0, Many).Select(column => Singles($"Column{column}", Normal(Rows, column + 1))))) { MustTrain = true },
        new(Kind, "2,000 Booleans", () => Of(Rows, Enumerable.Range(0, Many).Select(column => Flags($"Column{column}", Enumerable.Range(0, Rows).Select(row => (row + column) % 3 == 0))))) { MustTrain = true },
        new(Kind, "300 keys of 100 categories", () => Of(Rows, Enumerable.Range(0, 300).Select(column => Keys($"Column{column}", 100, Enumerable.Range(0, Rows).Select(row => 1 + (uint)(row * column % 100)))))) { MustTrain = true },
        new(Kind, "one column of one row", () => Of(1, Singles("Number", 1))) { MustTrain = true },
        new(Kind, "a vector of one slot", () => Of(3, Vectors("Number", 1, [1], [2], [3]))) { MustTrain = true },
        new(Kind, "vectors without any value but 0", () => Of(Rows, Empty("Sparse", 50, Rows))) { MustTrain = true },
        new(Kind, "a key of one category", () => Of(Rows, Keys("Kind", 1, Enumerable.Repeat(1u, Rows)))) { MustTrain = true },
        new(Kind, "a key that is always missing", () => Of(Rows, Keys("Kind", 3, Enumerable.Repeat(0u, Rows)), Singles("Number", Normal(Rows)))) { MustTrain = true },
        new(Kind, "a key that is always missing, alone", () => Of(Rows, Keys("Kind", 3, Enumerable.Repeat(0u, Rows)))) { MustTrain = true },
        new(Kind, "a key of 1,000,000 categories, three in use", () => Of(Rows, Keys("Kind", Declared, Enumerable.Range(0, Rows).Select(row => 1 + (uint)(row % 3) * 400_000)))),
        new(Kind, "a key of 1,000,000 categories, three in use, allowed", () => Of(Rows, Keys("Kind", Declared, Enumerable.Range(0, Rows).Select(row => 1 + (uint)(row % 3) * 400_000))), options =>
        {
            options.MaximumCategories = Declared;
            options.Network = new VaeNetwork.Dense(2);
        }) { MustTrain = true },
        new(Kind, "as many labels as rows", () => Of(Rows, Singles("Number", Normal(Rows)), Keys("Label", Rows, Enumerable.Range(1, Rows).Select(row => (uint)row))), options => options.LabelColumnName = "Label") { MustTrain = true },
        new(Kind, "one label", () => Of(Rows, Singles("Number", Normal(Rows)), Keys("Label", 1, Enumerable.Repeat(1u, Rows))), options => options.LabelColumnName = "Label") { MustTrain = true },
        new(Kind, "one row has a label", () => Of(Rows, Singles("Number", Normal(Rows)), Keys("Label", 5, Enumerable.Range(0, Rows).Select(row => row == 4 ? 5u : 0))), options => options.LabelColumnName = "Label") { MustTrain = true },
        new(Kind, "no row has a label", () => Of(Rows, Singles("Number", Normal(Rows)), Keys("Label", 5, Enumerable.Repeat(0u, Rows))), options => options.LabelColumnName = "Label"),
        new(Kind, "no row", () => Of(0, Singles("Number"))),
        new(Kind, "two columns that are each other's opposite", () => Of(Rows, Singles("Number", Normal(Rows)), Singles("Opposite", Normal(Rows).Select(value => -value)))) { MustTrain = true },
    ];
}
