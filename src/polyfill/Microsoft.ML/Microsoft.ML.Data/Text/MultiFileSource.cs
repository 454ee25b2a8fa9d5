using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data
{
    /// <summary>Streams that are read one after the other.</summary>
    public interface IMultiStreamSource
    {
        int Count { get; }

        string GetPathOrNull(int index);

        Stream Open(int index);

        TextReader OpenTextReader(int index);
    }

    /// <summary>Files that are read one after the other.</summary>
    public sealed class MultiFileSource : IMultiStreamSource
    {
        private readonly string[] _paths;

        public MultiFileSource(params string[] paths) => _paths = paths?.Where(path => path != null).ToArray() ?? [];

        public int Count => _paths.Length;

        public string GetPathOrNull(int index) => _paths[index];

        public Stream Open(int index)
        {
            try
            {
                return File.OpenRead(_paths[index]);
            }
            catch (Exception ex)
            {
                throw new IOException($"Could not open file '{_paths[index]}'. Error is: {ex.Message}", ex);
            }
        }

        public TextReader OpenTextReader(int index) => new StreamReader(Open(index));
    }
}

namespace Microsoft.ML
{
    /// <summary>Loads files.</summary>
    public static class DataLoaderExtensions
    {
        public static IDataView Load(this IDataLoader<IMultiStreamSource> loader, params string[] path) => loader.Load(new MultiFileSource(path));
    }

    /// <summary>Loads text files.</summary>
    public static class TextLoaderSaverCatalog
    {
        public static TextLoader CreateTextLoader(this DataOperationsCatalog catalog, TextLoader.Options options, IMultiStreamSource dataSample = null)
            => new(catalog.GetEnvironment(), options, dataSample);

        public static TextLoader CreateTextLoader(this DataOperationsCatalog catalog, TextLoader.Column[] columns, char separatorChar = '\t', bool hasHeader = false,
            IMultiStreamSource dataSample = null, bool allowQuoting = false, bool trimWhitespace = false, bool allowSparse = false)
            => new(catalog.GetEnvironment(), Options(columns, separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse), dataSample);

        public static IDataView LoadFromTextFile(this DataOperationsCatalog catalog, string path, TextLoader.Options options = null)
        {
            Check(path);
            var source = new MultiFileSource(path);
            return new TextLoader(catalog.GetEnvironment(), options ?? new TextLoader.Options(), source).Load(source);
        }

        // As in the real library, neither of the two below looks at the file for slot names or for the number of columns.
        public static IDataView LoadFromTextFile(this DataOperationsCatalog catalog, string path, TextLoader.Column[] columns, char separatorChar = '\t',
            bool hasHeader = false, bool allowQuoting = false, bool trimWhitespace = false, bool allowSparse = false)
        {
            Check(path);
            return catalog.CreateTextLoader(columns, separatorChar, hasHeader, null, allowQuoting, trimWhitespace, allowSparse).Load(path);
        }

        public static IDataView LoadFromTextFile<TInput>(this DataOperationsCatalog catalog, string path, char separatorChar = '\t', bool hasHeader = false,
            bool allowQuoting = false, bool trimWhitespace = false, bool allowSparse = false)
            => catalog.LoadFromTextFile<TInput>(path, Options(null, separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse));

        public static IDataView LoadFromTextFile<TInput>(this DataOperationsCatalog catalog, string path, TextLoader.Options options)
        {
            Check(path);
            options.Columns = TextLoader.ColumnsOf(typeof(TInput));
            return new TextLoader(catalog.GetEnvironment(), options, null).Load(path);
        }

        public static void SaveAsText(this DataOperationsCatalog catalog, IDataView data, Stream stream, char separatorChar = '\t', bool headerRow = true, bool schema = true,
            bool keepHidden = false, bool forceDense = false)
        {
            ArgumentNullException.ThrowIfNull(data);
            ArgumentNullException.ThrowIfNull(stream);
            catalog.GetEnvironment().Draw(hosts: 1);
            TextSaver.Save(data, stream, separatorChar, headerRow, schema, keepHidden, forceDense);
        }

        private static TextLoader.Options Options(TextLoader.Column[] columns, char separator, bool hasHeader, bool allowQuoting, bool trimWhitespace, bool allowSparse) => new()
        {
            Columns = columns,
            Separators = [separator],
            HasHeader = hasHeader,
            AllowQuoting = allowQuoting,
            TrimWhitespace = trimWhitespace,
            AllowSparse = allowSparse,
        };

        private static void Check(string path)
        {
            Contracts.CheckNonEmpty(path, nameof(path));
            Contracts.CheckParam(File.Exists(path), nameof(path), $"File or directory does not exist at path: {path}");
        }
    }
}
