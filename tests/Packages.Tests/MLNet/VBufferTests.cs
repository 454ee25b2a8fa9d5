using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class VBufferTests
{
    private static readonly int[] SparseIndices = [1, 4];

    private static VBuffer<float> Sparse => new(6, 2, [10f, 40f], [1, 4]);

    [Fact]
    public void A_dense_buffer_stores_every_slot_and_has_no_indices()
    {
        var buffer = new VBuffer<float>(2, [1f, 2f, 99f]);
        Assert.True(buffer.IsDense);
        Assert.Equal(2, buffer.Length);
        Assert.Equal([1f, 2f], buffer.GetValues().ToArray());
        Assert.Empty(buffer.GetIndices().ToArray());
        Assert.Equal("Dense vector of size 2", buffer.ToString());
    }

    [Fact]
    public void A_sparse_buffer_is_zero_where_it_stores_nothing()
    {
        Assert.False(Sparse.IsDense);
        Assert.Equal(SparseIndices, Sparse.GetIndices().ToArray());
        Assert.Equal([0f, 10f, 0f, 0f, 40f, 0f], Sparse.DenseValues());
        Assert.Equal(10f, Sparse.GetItemOrDefault(1));
        Assert.Equal(0f, Sparse.GetItemOrDefault(2));
        Assert.Equal([KeyValuePair.Create(1, 10f), KeyValuePair.Create(4, 40f)], Sparse.Items());
        Assert.Equal(6, Sparse.Items(all: true).Count());
        Assert.Equal("Sparse vector of size 6, 2 explicit values", Sparse.ToString());
    }

    [Fact]
    public void Copying_keeps_the_representation_and_reuses_the_arrays()
    {
        VBuffer<float> copy = new(6, [9f, 9f, 9f, 9f, 9f, 9f]);
        var before = copy.GetValues();
        Sparse.CopyTo(ref copy);
        Assert.False(copy.IsDense);
        Assert.Equal([10f, 40f], copy.GetValues().ToArray());
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(before),
            ref System.Runtime.InteropServices.MemoryMarshal.GetReference(copy.GetValues())));

        Sparse.CopyToDense(ref copy);
        Assert.True(copy.IsDense);
        Assert.Equal([0f, 10f, 0f, 0f, 40f, 0f], copy.GetValues().ToArray());
    }

    [Fact]
    public void A_part_of_a_sparse_buffer_counts_its_slots_from_its_start()
    {
        VBuffer<float> part = default;
        Sparse.CopyTo(ref part, 3, 3);
        Assert.Equal(3, part.Length);
        Assert.Equal([1], part.GetIndices().ToArray());
        Assert.Equal([0f, 40f, 0f], part.DenseValues());
    }

    [Fact]
    public void Copying_into_a_span_fills_the_gaps_with_the_given_value()
    {
        var target = new float[8];
        Sparse.CopyTo(target, 1, -1f);
        Assert.Equal([0f, -1f, 10f, -1f, -1f, 40f, -1f, 0f], target);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sparse.CopyTo(new float[5]));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(3, [1f, 2f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(3, 2, [1f, 2f], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<float>(-1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sparse.GetItemOrDefault(6));
    }

    [Fact]
    public void An_editor_changes_nothing_until_it_is_committed()
    {
        VBuffer<int> buffer = new(2, [1, 2]);
        var editor = VBufferEditor.Create(ref buffer, 5, 3);
        Assert.True(editor.CreatedNewValues);
        Assert.True(editor.CreatedNewIndices);
        for (int i = 0; i < 3; i++)
        {
            editor.Values[i] = 7 + i;
            editor.Indices[i] = 2 * i;
        }
        Assert.Equal(2, buffer.Length);
        buffer = editor.CommitTruncated(2);
        Assert.Equal([7, 0, 8, 0, 0], buffer.DenseValues());
    }

    [Fact]
    public void A_dense_editor_has_no_indices_and_needs_no_new_array_where_the_old_one_is_long_enough()
    {
        VBuffer<int> buffer = new(3, [1, 2, 3]);
        var editor = VBufferEditor.Create(ref buffer, 2);
        Assert.False(editor.CreatedNewValues);
        Assert.True(editor.Indices.IsEmpty);
        buffer = editor.Commit();
        Assert.Equal([1, 2], buffer.GetValues().ToArray());
        var same = VBufferEditor.CreateFromBuffer(ref buffer);
        same.Values[1] = 5;
        Assert.Equal(5, same.Commit().GetItemOrDefault(1));
    }

    [Fact]
    public void Values_survive_growth_only_where_that_is_asked_for()
    {
        VBuffer<int> buffer = new(2, [4, 5]);
        var editor = VBufferEditor.Create(ref buffer, 10, keepOldOnResize: true);
        Assert.Equal([4, 5], editor.Values[..2].ToArray());
    }
}
