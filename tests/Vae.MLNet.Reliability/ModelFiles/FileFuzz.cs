using System.Globalization;

namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>Files that are damaged or forged: each is refused with one type of exception, or is an equal model, or, forged by somebody who made all checksums right, another one that is whole.</summary>
internal static class FileFuzz
{
    private const int FewFiles = 400;
    private const int ManyFiles = 22_000;
    // What a load takes besides the numbers, such as networks' objects; and what the garbage collector leaves lying for a while.
    private const long Overhead = 24_000_000;
    private const long Garbage = 100_000_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    public static Run Run { get; } = new("model-files", "files of models, samplers and checkpoints that are damaged or forged", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        string folder = Directory.CreateTempSubdirectory("vae reliability ").FullName;
        try
        {
            return [.. Try(HonestFile.All(folder), effort)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Outcome> Try(IReadOnlyList<HonestFile> files, Effort effort)
    {
        Original[] originals = [.. files.Select(Original.Of)];
        Tally[] tallies = [.. Damage.All.Select(_ => new Tally())];
        for (int number = 0; number < effort.Of(FewFiles, ManyFiles); number++)
        {
            var random = new Random(unchecked(effort.Seed * 1_000_003 + number));
            Damage damage = Damage.All[number % Damage.All.Count];
            Original original;
            Damaged? damaged;
            do
            {
                // A checkpoint is loaded by training, which takes longer than all others together.
                original = originals[random.Next(originals.Length - (random.Next(4) == 0 ? 0 : 1))];
                damaged = damage.Apply(original.File.Content, random);
            }
            while (damaged is null || damaged.Content.AsSpan().SequenceEqual(original.File.Content));
            Judge(damage, original, damaged, $"file {number} of seed {effort.Seed}, {original.File.Name}, {damage.Kind}", tallies[number % tallies.Length]);
        }
        return tallies.Select((tally, i) => new Outcome($"file, {Damage.All[i].Kind}", tally.Tried, tally.Text, tally.Violations));
    }

    private static void Judge(Damage damage, Original original, Damaged damaged, string what, Tally tally)
    {
        using var watch = new Timer(_ => Hung(what), null, s_longest, Timeout.InfiniteTimeSpan);
        HonestFile file = original.File;
        var memory = MemoryMark.Now();
        IDisposable loaded;
        try
        {
            loaded = file.Load(damaged.Content);
        }
        catch (Exception error)
        {
            tally.Count(Result.Refused);
            RequireRefusal(file, error, what, tally);
            RequireMemory(original, damaged, memory, what, tally);
            return;
        }
        using (loaded)
        {
            RequireMemory(original, damaged, memory, what, tally);
            try
            {
                if (!damage.IsForged && file.UseOurs(loaded) is var ours && ours != original.Ours)
                {
                    // Without our part, somebody has put another part of ML.NET's in its place.
                    tally.Count(ours is null ? Result.Foreign : Result.Other);
                    tally.Violations.AddRange(ours is null ? [] : [$"{what}: loads as another model."]);
                    return;
                }
                if (file.Use(loaded) == original.Bits)
                {
                    tally.Count(Result.Equal);
                    return;
                }
                tally.Count(damage.IsForged ? Result.Other : Result.Foreign);
                if (damage.IsForged)
                {
                    RequireWhole(file, loaded, what, tally);
                }
            }
            // Numbers or names are others: that they do not go with these rows, or with this model, is said.
            catch (Exception error) when (error is InvalidOperationException or ArgumentException && error.Message.Length > 0)
            {
                tally.Count(damage.IsForged ? Result.Other : Result.Foreign);
            }
            catch (Exception error)
            {
                tally.Violations.Add($"{what}: loads, and then fails with {error}");
            }
        }
    }

    // Another model that is whole is saved and loaded like any.
    private static void RequireWhole(HonestFile file, IDisposable loaded, string what, Tally tally)
    {
        if (file.Save is null)
        {
            return;
        }
        using IDisposable again = file.Load(file.Save(loaded));
        if (file.Use(again) != file.Use(loaded))
        {
            tally.Violations.Add($"{what}: loads as a model that is not whole: saved and loaded again it is another.");
        }
    }

    private static void RequireRefusal(HonestFile file, Exception error, string what, Tally tally)
    {
        // A checkpoint is part of a training, whose errors are invalid operations and which names the file.
        bool isRight = file.Save is null ? error is InvalidOperationException : error is FormatException;
        if (!isRight || string.IsNullOrWhiteSpace(error.Message))
        {
            tally.Violations.Add($"{what}: {error}");
        }
    }

    // Twice what the file is when it is unpacked.
    private static void RequireMemory(Original original, Damaged damaged, MemoryMark before, string what, Tally tally)
    {
        (long allocated, long peak) = before.Since();
        long most = original.Allocated + 2 * (original.File.Content.Length + damaged.Added) + Overhead;
        if (allocated > most || peak > most + Garbage)
        {
            tally.Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: allocates {allocated:N0} bytes, at most {peak:N0} at a time, of a file of {original.File.Content.Length + damaged.Added:N0}."));
        }
    }

    private static void Hung(string what)
    {
        Console.Error.WriteLine($"{what}: hangs.");
        Environment.Exit(3);
    }

    /// <summary>A file as it should be, and what comes of it.</summary>
    private sealed record Original(HonestFile File, string Bits, string? Ours, long Allocated)
    {
        public static Original Of(HonestFile file)
        {
            file.Load(file.Content).Dispose();
            var memory = MemoryMark.Now();
            using IDisposable loaded = file.Load(file.Content);
            long allocated = memory.Since().Allocated;
            return new Original(file, file.Use(loaded), file.UseOurs(loaded), allocated);
        }
    }

    private enum Result
    {
        Refused,
        Equal,

        /// <summary>Another model that is whole.</summary>
        Other,

        /// <summary>Ours is equal or was taken out, a part that ML.NET writes and reads is another.</summary>
        Foreign,
    }

    /// <summary>What came of one kind.</summary>
    private sealed class Tally
    {
        private readonly int[] _counts = new int[Enum.GetValues<Result>().Length];

        public int Tried => _counts.Sum();

        public List<string> Violations { get; } = [];

        public string Text
        {
            get
            {
                string[] texts = ["refused", "equal", "another that is whole", "with another part of ML.NET's"];
                return string.Join(", ", texts.Zip(_counts).Where(each => each.Second > 0).Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Second:N0} {each.First}")));
            }
        }

        public void Count(Result result) => _counts[(int)result]++;
    }
}
