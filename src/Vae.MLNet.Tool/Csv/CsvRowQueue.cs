namespace Vae.MLNet.Tool.Csv;

/// <summary>The cells of rows that have been read, and whose results have not been written: a model reads a block of rows ahead.</summary>
internal sealed class CsvRowQueue
{
    private readonly Queue<Row> _rows = new();
    private readonly Stack<Row> _free = new();

    /// <summary>The oldest row, which <see cref="Next"/> took.</summary>
    public Row Current { get; private set; } = new();

    public void Add(CsvRecords records)
    {
        Row row = _free.TryPop(out Row? free) ? free : new Row();
        row.Read(records);
        _rows.Enqueue(row);
    }

    public void Next()
    {
        _free.Push(Current);
        Current = _rows.Dequeue();
    }

    /// <summary>Cells one after the other.</summary>
    internal sealed class Row
    {
        private byte[] _bytes = [];
        private int[] _ends = [];

        public ReadOnlySpan<byte> Cell(int index)
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }

        public void Read(CsvRecords records)
        {
            if (_ends.Length != records.Width)
            {
                _ends = new int[records.Width];
            }
            int end = 0;
            for (int index = 0; index < _ends.Length; index++)
            {
                ReadOnlySpan<byte> cell = records.Cell(index);
                if (_bytes.Length - end < cell.Length)
                {
                    Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, end + cell.Length));
                }
                cell.CopyTo(_bytes.AsSpan(end));
                _ends[index] = end += cell.Length;
            }
        }
    }
}
