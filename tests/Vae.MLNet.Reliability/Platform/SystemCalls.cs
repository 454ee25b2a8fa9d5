using System.Text;
using System.Text.RegularExpressions;

namespace Vae.MLNet.Reliability.Platform;

/// <summary>Reads what strace has written.</summary>
internal static partial class SystemCalls
{
    // What stands for no file: devices, and the process's own switches and maps.
    private static readonly string[] s_noFiles = ["/dev/", "/proc/", "/sys/"];

    /// <summary>Paths that were made, written or renamed to.</summary>
    public static IEnumerable<string> Written(IEnumerable<string> trace) => trace
        .Where(line => !line.Contains(" = -1 ", StringComparison.Ordinal))
        .Where(line => !IsOpen().IsMatch(line) || line.Contains("O_WRONLY", StringComparison.Ordinal) || line.Contains("O_RDWR", StringComparison.Ordinal) || line.Contains("O_CREAT", StringComparison.Ordinal))
        .SelectMany(line => Quoted().Matches(line).Select(match => Unescaped(match.Groups[1].Value)))
        .Where(path => !Array.Exists(s_noFiles, start => path.StartsWith(start, StringComparison.Ordinal)));

    [GeneratedRegex(@"\bopen(at)?\(")]
    private static partial Regex IsOpen();

    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Quoted();

    // Other letters than ASCII are octal bytes.
    private static string Unescaped(string text)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
            }
            else if (text[i + 1] is >= '0' and <= '7')
            {
                int value = 0;
                int digits = 0;
                for (; digits < 3 && i + 1 < text.Length && text[i + 1] is >= '0' and <= '7'; digits++)
                {
                    value = value * 8 + text[++i] - '0';
                }
                bytes.Add((byte)value);
            }
            else
            {
                bytes.Add((byte)text[++i]);
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
