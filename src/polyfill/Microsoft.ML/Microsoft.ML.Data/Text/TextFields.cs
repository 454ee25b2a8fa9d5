using System.Text;

namespace Microsoft.ML.Data;

/// <summary>The fields of one line that are not empty, by their number.</summary>
internal sealed class TextFields(TextFormat format, int needed)
{
    private readonly List<int> _indices = [];
    private readonly List<ReadOnlyMemory<char>> _texts = [];
    private readonly bool _spaceSeparates = format.Separators.Contains(' ');

    /// <summary>The text of a field; empty where the line has none.</summary>
    public ReadOnlyMemory<char> this[int index]
    {
        get
        {
            int at = _indices.BinarySearch(index);
            return at >= 0 ? _texts[at] : default;
        }
    }

    /// <summary>Reads a line and gives the number of its fields.</summary>
    public int Parse(string line)
    {
        _indices.Clear();
        _texts.Clear();
        var rest = line.AsMemory();
        if (format.TrimWhitespace)
            rest = rest.TrimEnd();
        int next = 0, sparseStart = -1, sparseCount = 0, last = -1;
        bool more = true;
        while (more)
        {
            more = Next(ref rest, out var text, out int sparseIndex);
            if (sparseIndex < 0)
            {
                // After the first index:value no plain field is understood.
                if (sparseStart >= 0)
                    break;
                Add(next++, text);
                if (needed > 0 && next > needed && !format.AllowSparse)
                    break;
                continue;
            }
            if (sparseStart < 0 && !StartSparse(next, out sparseStart, out sparseCount))
                break;
            if (sparseIndex >= sparseCount || sparseIndex <= last)
                break;
            last = sparseIndex;
            Add(sparseStart + sparseIndex, text);
        }
        return sparseStart >= 0 ? sparseStart + sparseCount : Math.Max(next, format.AllowSparse ? format.InputSize : 0);
    }

    private void Add(int index, ReadOnlyMemory<char> text)
    {
        if (text.IsEmpty)
            return;
        _indices.Add(index);
        _texts.Add(text);
    }

    /// <summary>The plain fields come first; how many slots follow says the input size, or the plain field before the first index:value.</summary>
    private bool StartSparse(int next, out int start, out int count)
    {
        start = -1;
        count = 0;
        if (format.InputSize > 0)
        {
            start = _indices.Count;
            count = format.InputSize - start;
            return true;
        }
        if (_indices.Count == 0 || _indices[^1] != next - 1 || !int.TryParse(_texts[^1].Span, out count) || count <= 0)
            return false;
        start = _indices[^1];
        _indices.RemoveAt(_indices.Count - 1);
        _texts.RemoveAt(_texts.Count - 1);
        return true;
    }

    private bool Next(ref ReadOnlyMemory<char> rest, out ReadOnlyMemory<char> text, out int sparseIndex)
    {
        SkipSpaces(ref rest);
        sparseIndex = format.AllowSparse ? TakeIndex(ref rest) : -1;
        if (rest.IsEmpty)
        {
            text = default;
            return false;
        }
        int end;
        if (format.AllowQuoting && rest.Span[0] == '"')
            text = Unquote(rest.Span, out end);
        else
        {
            end = rest.Span.IndexOfAny(format.Separators);
            end = end < 0 ? rest.Length : end;
            text = rest[..end];
        }
        bool more = end < rest.Length;
        rest = more ? rest[(end + 1)..] : default;
        return more;
    }

    private int TakeIndex(ref ReadOnlyMemory<char> rest)
    {
        int digits = rest.Span[..Math.Min(9, rest.Length)].IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? Math.Min(9, rest.Length) : digits;
        if (digits == 0 || digits >= rest.Length || rest.Span[digits] != ':')
            return -1;
        int index = int.Parse(rest.Span[..digits]);
        rest = rest[(digits + 1)..];
        SkipSpaces(ref rest);
        return index;
    }

    private void SkipSpaces(ref ReadOnlyMemory<char> rest)
    {
        if (!_spaceSeparates)
            rest = rest.TrimStart(' ');
    }

    /// <summary>The text between quotes, and where its field ends. Wrong quoting gives an empty field.</summary>
    private ReadOnlyMemory<char> Unquote(ReadOnlySpan<char> span, out int end)
    {
        var text = new StringBuilder();
        bool wrong = true;
        int i = 1;
        for (; i < span.Length; i++)
        {
            bool quoteNext = i + 1 < span.Length && span[i + 1] == '"';
            if (span[i] == format.EscapeChar && quoteNext)
                text.Append(span[++i]);
            else if (span[i] == '"')
            {
                wrong = false;
                i++;
                break;
            }
            else
                text.Append(span[i]);
        }
        for (; i < span.Length && !format.Separators.Contains(span[i]); i++)
            wrong |= span[i] != ' ';
        end = i;
        return wrong ? default : text.ToString().AsMemory();
    }
}
