using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>Disks with no room after N bytes, and streams that fail there: an error that names the file, the old file as it was, nothing half-written beside it.</summary>
internal static class DiskRun
{
    private const int FileSize = 1;
    private const int FileSizeExceeded = 25;
    private const nint Ignored = 1;

    public static Run Run { get; } = new("disk", "Saves models, samplers and checkpoints where there is no room after N bytes.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = Work.Rows(ml, 300, 1);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Work.Options(_ => { })).Fit(data);
        using VaeSampler sampler = GaussianMixtureSampler.Fit(model, data);
        yield return Streams(ml, model, data, effort);
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }
        // Otherwise the system ends a process that writes too much.
        _ = signal(FileSizeExceeded, Ignored);
        string root = Directory.CreateTempSubdirectory("vae no room ü ").FullName;
        try
        {
            yield return Files("a sampler", Path.Combine(root, "sampler.bin"), sampler.Save, promisesOld: true, effort);
            yield return Files("a model, beside and renamed", Path.Combine(root, "model.zip"), path =>
            {
                try
                {
                    ml.Model.Save(model, data.Schema, path + ".new");
                    File.Move(path + ".new", path, overwrite: true);
                }
                catch (ArgumentOutOfRangeException error)
                {
                    throw new IOException($"{path}: {error.Message}", error);
                }
                finally
                {
                    File.Delete(path + ".new");
                }
            }, promisesOld: true, effort);
            yield return Files("a model by ml.Model.Save, which opens the file itself", Path.Combine(root, "direct.zip"), path => ml.Model.Save(model, data.Schema, path), promisesOld: false, effort);
            yield return Checkpoints(ml, Path.Combine(root, "checkpoints"), effort);
            foreach (Outcome outcome in RealDisk(ml, model, sampler, data, root))
            {
                yield return outcome;
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // ML.NET writes the time into its archive: compressed, it can be some bytes shorter or longer.
    private const int TimeBytes = 16;

    // ML.NET 5.0.1 swallows an error while it writes the directory of its archive, the last part of it (whoever's models are in it). Where
    // the directory begins stands in the archive's last bytes.
    private static long BeforeDirectory(byte[] archive) => BitConverter.ToUInt32(archive, archive.Length - 6) - TimeBytes;

    private static Outcome Streams(MLContext ml, VaeTransformer model, IDataView data, Effort effort)
    {
        List<string> violations = [];
        using var whole = new MemoryStream();
        ml.Model.Save(model, data.Schema, whole);
        long[] places = [.. Places(BeforeDirectory(whole.ToArray()), effort)];
        foreach (long place in places)
        {
            using var tensors = TensorWatch.Start();
            var failure = new IOException("no room");
            using var stream = new FullStream(place, failure);
            Exception? error = Error(() => ml.Model.Save(model, data.Schema, stream));
            long left = tensors.Left();
            if (!ReferenceEquals(error, failure) || left > 0)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"room for {place} of {whole.Length} bytes: {left} tensors are left, and {error?.ToString() ?? "no error"}"));
            }
        }
        using var again = new MemoryStream();
        ml.Model.Save(model, data.Schema, again);
        if (Math.Abs(again.Length - whole.Length) > TimeBytes)
        {
            violations.Add("afterwards a model is saved in another way");
        }
        return new Outcome("A model is saved to a stream that throws after N bytes", places.Length, "the stream's own exception, no tensor left", violations);
    }

    private static Outcome Files(string what, string path, Action<string> save, bool promisesOld, Effort effort)
    {
        List<string> violations = [];
        save(path);
        byte[] old = File.ReadAllBytes(path);
        long[] places = [.. Places(promisesOld ? old.Length : BeforeDirectory(old), effort)];
        foreach (long place in places)
        {
            foreach (bool isThere in new[] { false, true })
            {
                File.Delete(path);
                if (isThere)
                {
                    File.WriteAllBytes(path, old);
                }
                using var tensors = TensorWatch.Start();
                Exception? error = WithRoomFor(place, () => save(path));
                violations.AddRange(Wrong(error, path, isThere && promisesOld ? old : null, promisesOld, tensors).Select(wrong => string.Create(CultureInfo.InvariantCulture, $"{what}, room for {place} of {old.Length} bytes: {wrong}")));
            }
        }
        save(path);
        if (Math.Abs(new FileInfo(path).Length - old.Length) > (promisesOld ? 0 : TimeBytes))
        {
            violations.Add($"{what}: afterwards it is saved in another way");
        }
        File.Delete(path);
        return new Outcome(
            $"No room on the disk for {what}", 2 * places.Length, promisesOld ? "IOException that names the file; the old file is as it was, nothing else is there" : "an error; the old file is gone, as ML.NET had opened it before", violations);
    }

    private static Outcome Checkpoints(MLContext ml, string folder, Effort effort)
    {
        string path = Path.Combine(folder, "checkpoint.safetensors");
        List<string> violations = [];
        string Fitted(int stopAfter) => Work.Fits[0].Do(ml, view => view, options =>
        {
            using var source = new CancellationTokenSource();
            (options.CheckpointFolder, options.Progress, options.CancellationToken) = (folder, new Stop(stopAfter, source), source.Token);
        });

        string expected = Work.Fits[0].Do(ml, view => view, _ => { });
        Error(() => Fitted(1));
        byte[] old = File.ReadAllBytes(path);
        long[] places = [.. Places(old.Length, effort)];
        foreach (long place in places)
        {
            File.WriteAllBytes(path, old);
            using var tensors = TensorWatch.Start();
            Exception? error = WithRoomFor(place, () => Fitted(int.MaxValue));
            violations.AddRange(Wrong(error, path, old, true, tensors).Select(wrong => string.Create(CultureInfo.InvariantCulture, $"a checkpoint, room for {place} of {old.Length} bytes: {wrong}")));
            if (Fitted(int.MaxValue) != expected)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"a checkpoint, room for {place} bytes: training goes on to other bits"));
            }
        }
        Directory.Delete(folder, recursive: true);
        return new Outcome("No room on the disk for a checkpoint", places.Length, "IOException that names the file; the last checkpoint is as it was, and training goes on from it to the right bits", violations);
    }

    // A file system in memory, of a few pages; only the superuser may have one.
    private static IEnumerable<Outcome> RealDisk(MLContext ml, VaeTransformer model, VaeSampler sampler, IDataView data, string root)
    {
        string disk = Directory.CreateDirectory(Path.Combine(root, "disk")).FullName;
        if (Child.Exit("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk) != 0)
        {
            yield return new Outcome("A disk that is really full", 0, "not tried: no right to mount one", []);
            yield break;
        }
        List<string> violations = [];
        try
        {
            string path = Path.Combine(disk, "sampler.bin");
            sampler.Save(path);
            byte[] old = File.ReadAllBytes(path);
            using (FileStream filler = File.Create(Path.Combine(root, "disk", "filler")))
            {
                Error(() => filler.Write(new byte[1 << 20]));
            }
            using var tensors = TensorWatch.Start();
            violations.AddRange(Wrong(Error(() => sampler.Save(path)), path, old, true, tensors, "filler"));
            string zip = Path.Combine(disk, "model.zip");
            if (Error(() => ml.Model.Save(model, data.Schema, zip)) is not IOException)
            {
                violations.Add("a model is saved on a full disk");
            }
        }
        finally
        {
            Child.Exit("umount", disk);
        }
        yield return new Outcome("A disk that is really full: a sampler, a model", 2, "IOException; the old sampler is as it was", violations);
    }

    private static IEnumerable<string> Wrong(Exception? error, string path, byte[]? old, bool promisesOld, TensorWatch tensors, params string[] others)
    {
        // What ML.NET writes is told by .NET, which calls a file that is too large an argument out of range.
        if (promisesOld ? error is not IOException || !error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal) : error is not (IOException or ArgumentOutOfRangeException))
        {
            yield return error?.ToString() ?? "no error";
        }
        if (promisesOld && old is null == File.Exists(path))
        {
            yield return old is null ? "a part of a file is there" : "the old file is gone";
        }
        else if (old is not null && !old.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
        {
            yield return "the old file has changed";
        }
        string[] left = [.. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!).Select(entry => Path.GetFileName(entry)).Except([Path.GetFileName(path), .. others])];
        if (left.Length > 0)
        {
            yield return $"beside it are {string.Join(", ", left)}";
        }
        if (tensors.Left() is > 0 and var count)
        {
            yield return $"{count} tensors are left";
        }
    }

    // All but the whole.
    private static IEnumerable<long> Places(long length, Effort effort) =>
        new[] { 0, 1, length - 1 }.Concat(Enumerable.Range(0, effort.Of(5, 200)).Select(i => new Random(effort.Seed + i).NextInt64(length))).Distinct();

    private static Exception? WithRoomFor(long bytes, Action act)
    {
        Limit((ulong)bytes);
        try
        {
            return Error(act);
        }
        finally
        {
            Limit(ulong.MaxValue);
        }
    }

    private static Exception? Error(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static void Limit(ulong bytes)
    {
        var limit = new ResourceLimit { Soft = bytes, Hard = ulong.MaxValue };
        if (ResourceLimit.setrlimit(FileSize, in limit) != 0)
        {
            throw new InvalidOperationException("The limit cannot be set.");
        }
    }

    [DllImport("libc")]
    private static extern nint signal(int number, nint handler);

    private sealed class Stop(int after, CancellationTokenSource source) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value)
        {
            if (value.Epoch == after)
            {
                source.Cancel();
            }
        }
    }

    /// <summary>Has room for so many bytes.</summary>
    private sealed class FullStream(long room, Exception failure) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Position + count > room)
            {
                throw failure;
            }
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override void WriteByte(byte value) => Write([value], 0, 1);
    }
}
