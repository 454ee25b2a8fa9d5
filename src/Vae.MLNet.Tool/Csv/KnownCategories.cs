using System.Text;

namespace Vae.MLNet.Tool.Csv;

/// <summary>The texts of a category column, each as one string however often it comes.</summary>
internal sealed class KnownCategories
{
    // More are not kept.
    private const int Most = 1 << 20;
    private const int LongestOnStack = 256;

    private readonly HashSet<string> _texts;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly bool _isClosed;

    /// <param name="texts">All that there are; null: those that come.</param>
    public KnownCategories(IEnumerable<string>? texts)
    {
        _isClosed = texts is not null;
        _texts = new HashSet<string>(texts ?? [], StringComparer.Ordinal);
        _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many texts came that are none of those that there are.</summary>
    public long Unknown { get; private set; }

    /// <summary>The text of a cell; empty if it is none of those that there are.</summary>
    public string Of(ReadOnlySpan<byte> cell)
    {
        int length = Encoding.UTF8.GetMaxCharCount(cell.Length);
        Span<char> buffer = length <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[length];
        ReadOnlySpan<char> text = buffer[..Encoding.UTF8.GetChars(cell, buffer)];
        if (_lookup.TryGetValue(text, out string? known))
        {
            return known;
        }
        if (_isClosed)
        {
            Unknown++;
            return "";
        }
        string added = text.ToString();
        if (_texts.Count < Most)
        {
            _texts.Add(added);
        }
        return added;
    }
}
