using System.Text;

namespace Vae.MLNet.Tool.Csv;

/// <summary>What the cells of one column are, learned by looking at all of them.</summary>
internal sealed class ColumnProfile
{
    // The first whole number that single precision does not have is the next one.
    private const double MostInSingle = 1 << 24;

    private readonly int _mostTexts;
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private bool _isTruth = true;
    private bool _isZeroOrOne = true;

    /// <param name="name">Of the column.</param>
    /// <param name="mostTexts">Different texts that a category may have.</param>
    public ColumnProfile(string name, int mostTexts)
    {
        (Name, _mostTexts) = (name, mostTexts);
        _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    /// <summary>Rows without a value.</summary>
    public long Missing { get; private set; }

    /// <summary>Cells that are numbers.</summary>
    public long Numbers { get; private set; }

    /// <summary>Cells that are texts.</summary>
    public long Texts { get; private set; }

    /// <summary>The first text, and its line.</summary>
    public (string Text, long Line)? FirstText { get; private set; }

    public double Smallest { get; private set; } = double.PositiveInfinity;

    public double Largest { get; private set; } = double.NegativeInfinity;

    /// <summary>Whether all numbers are whole.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Whether there are only true and false, and none missing.</summary>
    public bool IsTruth => _isTruth && Texts > 0 && Missing == 0;

    /// <summary>Whether there are only 0 and 1, and both of them.</summary>
    public bool IsZeroOrOne => _isZeroOrOne && Texts == 0 && Smallest == 0 && Largest == 1;

    /// <summary>Whether single precision would change whole numbers, or cannot hold the largest ones.</summary>
    public bool NeedsDouble => Numbers > 0 && (Math.Max(-Smallest, Largest) > float.MaxValue || (IsWhole && Math.Max(-Smallest, Largest) > MostInSingle));

    /// <summary>Whether there are more different texts than a category may have.</summary>
    public bool HasTooManyTexts => _texts.Count > _mostTexts;

    public void Look(CsvRecords records, int cell)
    {
        if (records.IsMissing(cell))
        {
            Missing++;
            return;
        }
        ReadOnlySpan<byte> bytes = records.Cell(cell);
        if (CsvNumbers.TryNumber(bytes, out double number))
        {
            Numbers++;
            Smallest = Math.Min(Smallest, number);
            Largest = Math.Max(Largest, number);
            IsWhole &= number == Math.Truncate(number);
            _isZeroOrOne &= number is 0 or 1;
            _isTruth = false;
            if (Texts == 0)
            {
                return;
            }
        }
        else
        {
            FirstText ??= (Encoding.UTF8.GetString(bytes), records.Line);
            Texts++;
            _isTruth = _isTruth && CsvNumbers.TryTruth(bytes, out _);
        }
        if (!HasTooManyTexts)
        {
            Add(bytes);
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Span<char> buffer = bytes.Length <= 256 ? stackalloc char[256] : new char[bytes.Length];
        ReadOnlySpan<char> text = buffer[..Encoding.UTF8.GetChars(bytes, buffer)];
        if (!_lookup.Contains(text))
        {
            _texts.Add(text.ToString());
        }
    }
}
