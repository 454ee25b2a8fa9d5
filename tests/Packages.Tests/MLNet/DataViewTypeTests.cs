using System.Collections.Immutable;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class DataViewTypeTests
{
    [Fact]
    public void Types_say_what_holds_their_values()
    {
        Assert.Equal(typeof(float), NumberDataViewType.Single.RawType);
        Assert.Equal(typeof(ReadOnlyMemory<char>), TextDataViewType.Instance.RawType);
        Assert.Equal(typeof(bool), BooleanDataViewType.Instance.RawType);
        Assert.Equal(typeof(DateTime), DateTimeDataViewType.Instance.RawType);
        Assert.Equal(typeof(DateTimeOffset), DateTimeOffsetDataViewType.Instance.RawType);
        Assert.Equal(typeof(TimeSpan), TimeSpanDataViewType.Instance.RawType);
        Assert.Equal(typeof(DataViewRowId), RowIdDataViewType.Instance.RawType);
        Assert.Equal(typeof(uint), new KeyDataViewType(typeof(uint), 3).RawType);
        Assert.Equal(typeof(VBuffer<double>), new VectorDataViewType(NumberDataViewType.Double, 3).RawType);
    }

    [Fact]
    public void Types_have_readable_names()
    {
        Assert.Equal("Single", NumberDataViewType.Single.ToString());
        Assert.Equal("String", TextDataViewType.Instance.ToString());
        Assert.Equal("Boolean", BooleanDataViewType.Instance.ToString());
        Assert.Equal("Key<UInt32, 0-2>", new KeyDataViewType(typeof(uint), 3).ToString());
        Assert.Equal("Vector<Single, 4>", new VectorDataViewType(NumberDataViewType.Single, 4).ToString());
        Assert.Equal("Vector<Single>", new VectorDataViewType(NumberDataViewType.Single).ToString());
        Assert.Equal("Vector<Single, 2, 3>", new VectorDataViewType(NumberDataViewType.Single, 2, 3).ToString());
        Assert.Equal("Vector<Single, 2, *>", new VectorDataViewType(NumberDataViewType.Single, 2, 0).ToString());
    }

    [Fact]
    public void Keys_and_vectors_are_equal_by_content()
    {
        Assert.Equal(new KeyDataViewType(typeof(byte), 5), new KeyDataViewType(typeof(byte), 5UL));
        Assert.NotEqual(new KeyDataViewType(typeof(byte), 5), new KeyDataViewType(typeof(byte), 6));
        Assert.NotEqual(new KeyDataViewType(typeof(byte), 5), new KeyDataViewType(typeof(uint), 5));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2, 3), new VectorDataViewType(NumberDataViewType.Single, ImmutableArray.Create(2, 3)));
        Assert.NotEqual(new VectorDataViewType(NumberDataViewType.Single, 2, 3), new VectorDataViewType(NumberDataViewType.Single, 3, 2));
        Assert.NotEqual(new VectorDataViewType(NumberDataViewType.Single, 6), new VectorDataViewType(NumberDataViewType.Double, 6));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 4).GetHashCode(), new VectorDataViewType(NumberDataViewType.Single, 4).GetHashCode());
        Assert.False(NumberDataViewType.Single.Equals(NumberDataViewType.Double));
    }

    [Fact]
    public void A_vector_without_a_size_has_rows_of_any_length()
    {
        var vector = new VectorDataViewType(NumberDataViewType.Single);
        Assert.False(vector.IsKnownSize);
        Assert.Equal(0, vector.Size);
        var image = new VectorDataViewType(NumberDataViewType.Single, 28, 28, 3);
        Assert.True(image.IsKnownSize);
        Assert.Equal(2352, image.Size);
        Assert.Equal(new[] { 28, 28, 3 }, image.Dimensions.AsEnumerable());
    }

    [Fact]
    public void Keys_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(int), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(byte), 256));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(uint), 0));
        Assert.False(KeyDataViewType.IsValidDataType(typeof(float)));
        Assert.True(KeyDataViewType.IsValidDataType(typeof(ushort)));
    }

    [Fact]
    public void Row_ids_have_successors_that_do_not_collide()
    {
        var id = new DataViewRowId(5, 7);
        Assert.Equal(id, new DataViewRowId(5, 7));
        Assert.Equal("00000000000000070000000000000005", id.ToString());
        var family = new[] { id, id.Next(), id.Fork(), id.Next().Next(), id.Fork().Next(), id.Next().Fork(), id.Combine(new DataViewRowId(1, 0)), id.Combine(new DataViewRowId(2, 0)) };
        Assert.Equal(family.Length, family.Distinct().Count());
        Assert.True(new DataViewRowId(ulong.MaxValue, 0).CompareTo(new DataViewRowId(0, 1)) < 0);
    }

    [Fact]
    public void Row_ids_are_mixed_by_the_documented_formula()
    {
        // low' = (rotl(low, 27) + high) * 5 + 0x52dce729, high' = (rotl(high, 31) + low') * 5 + 0x38495ab5
        var next = new DataViewRowId(1, 2).Next();
        ulong low = unchecked((((1UL << 27) + 2) * 5) + 0x52dce729);
        ulong high = unchecked((((2UL << 31) + low) * 5) + 0x38495ab5);
        Assert.Equal(new DataViewRowId(low, high), next);
    }
}
