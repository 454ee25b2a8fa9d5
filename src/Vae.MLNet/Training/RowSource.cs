using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Training;

/// <summary>The rows of a view that training learns from: those of a weight above 0, encoded.</summary>
/// <param name="Input">The view.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Learned">What the first pass has learned of them.</param>
/// <param name="Share">Which of the rows; null for all.</param>
internal sealed record RowSource(IDataView Input, TrainingColumns Columns, LearnedLayout Learned, RowShare? Share = null)
{
    public RowLayout Layout => Learned.Layout;

    /// <summary>Whether a value may be missing.</summary>
    public bool HasHoles => Learned.MissingValues > 0;

    public bool HasWeights => Columns.Weight is not null;

    /// <summary>Bytes that a row takes in memory.</summary>
    public long BytesPerRow => sizeof(float) * (Layout.Width + (HasHoles ? Layout.NumberWidth : 0) + (HasWeights ? 1 : 0)) + sizeof(double) + (Layout.Label is null ? 0 : sizeof(long));

    /// <summary>Starts reading.</summary>
    /// <param name="order">Shuffles, as far as the view can; null for the view's order.</param>
    public RowPass Open(Random? order = null) => new(this, order is not null && Input.CanShuffle ? new Random(order.Next()) : null);

    /// <exception cref="InvalidOperationException">Always: there are not as many rows as there were.</exception>
    public static InvalidOperationException OtherRows(long wanted) =>
        new($"The training data had {wanted} rows when it was first read, and another number later: it is to give the same rows to every cursor.");
}

/// <summary>A part of the rows, chosen by their ids: the same rows whenever they are read.</summary>
/// <param name="Seed">Of the choice.</param>
/// <param name="Fraction">Of the second part.</param>
/// <param name="IsSecond">Whether this is the second part.</param>
internal sealed record RowShare(int Seed, double Fraction, bool IsSecond)
{
    public bool Has(DataViewRowId id) => (RowNoise.KeyOfId(Seed, id.Low, id.High) >> 11) * (1.0 / (1UL << 53)) < Fraction == IsSecond;
}

/// <summary>One reading of a <see cref="RowSource"/>.</summary>
internal sealed class RowPass : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly RowWeight _weight;
    private readonly RowReader _reader;
    private readonly RowShare? _share;
    private readonly ValueGetter<DataViewRowId> _id;

    public RowPass(RowSource source, Random? order)
    {
        _cursor = source.Input.GetRowCursor(source.Columns.All, order);
        _weight = source.Columns.WeightOf(_cursor);
        _reader = source.Layout.Bind(source.Input.Schema, "input").ReaderOf(_cursor, allowsHoles: true);
        _share = source.Share;
        _id = _cursor.GetIdGetter();
    }

    /// <summary>Of the last row that was read.</summary>
    public RowFacts Facts { get; private set; }

    /// <summary>Of the row that is next.</summary>
    public double Weight { get; private set; }

    /// <summary>Goes to the next row.</summary>
    public bool MoveNext()
    {
        while (_cursor.MoveNext())
        {
            Weight = _weight.Read();
            if (Weight > 0 && IsMine())
            {
                return true;
            }
        }
        return false;
    }

    /// <param name="values">Receives the slots.</param>
    /// <param name="missing">All 0; receives the marks of missing numbers.</param>
    public void Read(Span<float> values, Span<float> missing) => Facts = _reader.Read(values, missing);

    public void Dispose() => _cursor.Dispose();

    private bool IsMine()
    {
        if (_share is null)
        {
            return true;
        }
        DataViewRowId id = default;
        _id(ref id);
        return _share.Has(id);
    }
}
