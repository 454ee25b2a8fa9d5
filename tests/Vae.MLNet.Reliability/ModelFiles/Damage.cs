namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>A way to damage or to forge a file.</summary>
/// <param name="Kind">In the table.</param>
/// <param name="IsForged">Whether checksums are made right again: it may then be another model that is whole.</param>
/// <param name="Apply">Gives the changed file; null where it cannot be done.</param>
internal sealed record Damage(string Kind, bool IsForged, Func<byte[], Random, Damaged?> Apply)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<Damage> All { get; } =
    [
        new("cut short", false, (content, random) => Raw(content[..random.Next(content.Length)])),
        new("bits flipped", false, (content, random) => Raw(ByteDamage.Flip(content, random))),
        new("lengths and numbers overwritten by huge ones", false, (content, random) => Raw(ByteDamage.Overwrite(content, random))),
        new("pieces removed, doubled, swapped, zeroed or noise", false, (content, random) => Raw(ByteDamage.Rearrange(content, random))),
        new("zip: lengths, counts and offsets lie", false, ArchiveDamage.Lie),
        new("zip: entries missing, twice, swapped, empty, cut", false, ArchiveDamage.Rearrange),
        new("zip: path tricks in names", false, ArchiveDamage.Paths),
        new("zip: bombs of 64 MB, chains in chains", false, ArchiveDamage.Bomb),
        new("forged: JSON of other, huge, deep, doubled values", true, (content, random) => Forgery.OfJson(content, random)),
        new("forged: safetensors headers", true, Forgery.OfHeader),
        new("forged: bytes of an entry or of numbers", true, Forgery.OfBytes),
    ];

    // Packed by more than a little it is not: none of these adds anything that was not there.
    private static Damaged Raw(byte[] content) => new(content, content.Length);
}

/// <summary>A changed file.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Added">Bytes that it takes unpacked, beyond the file that it was made of, at most.</param>
internal sealed record Damaged(byte[] Content, long Added);

/// <summary>Damage to bytes, whatever they mean.</summary>
internal static class ByteDamage
{
    private static readonly ulong[] s_numbers = [0, 1, int.MaxValue, uint.MaxValue, 1u << 31, long.MaxValue, ulong.MaxValue, 1UL << 63, 0x7FFF_FFFF_0000_0000, 1UL << 40];

    public static byte[] Flip(byte[] content, Random random)
    {
        byte[] changed = [.. content];
        for (int flips = random.Next(1, 9); flips > 0 && changed.Length > 0; flips--)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }
        return changed;
    }

    public static byte[] Overwrite(byte[] content, Random random)
    {
        byte[] changed = [.. content];
        byte[] number = BitConverter.GetBytes(s_numbers[random.Next(s_numbers.Length)])[..(1 << random.Next(1, 4))];
        int at = random.Next(Math.Max(1, changed.Length - number.Length));
        number.AsSpan(0, Math.Min(number.Length, changed.Length - at)).CopyTo(changed.AsSpan(at));
        return changed;
    }

    public static byte[] Rearrange(byte[] content, Random random)
    {
        int[] cuts = [random.Next(content.Length + 1), random.Next(content.Length + 1), random.Next(content.Length + 1)];
        Array.Sort(cuts);
        (byte[] a, byte[] b, byte[] c, byte[] d) = (content[..cuts[0]], content[cuts[0]..cuts[1]], content[cuts[1]..cuts[2]], content[cuts[2]..]);
        byte[] noise = new byte[b.Length];
        random.NextBytes(noise);
        return random.Next(7) switch
        {
            0 => [.. a, .. c, .. d],
            1 => [.. a, .. b, .. b, .. c, .. d],
            2 => [.. a, .. c, .. b, .. d],
            3 => [.. a, .. new byte[b.Length], .. c, .. d],
            4 => [.. a, .. noise, .. c, .. d],
            5 => [.. content, .. noise],
            _ => [.. noise, .. content],
        };
    }
}
