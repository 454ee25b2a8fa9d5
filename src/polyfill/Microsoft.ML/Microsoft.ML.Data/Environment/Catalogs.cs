using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data
{
    /// <summary>A catalog, which knows the environment that its components will live in.</summary>
    internal interface IInternalCatalog
    {
        IHostEnvironment Environment { get; }
    }

    /// <summary>The way from a catalog to its environment, for the extension methods that fill the catalogs.</summary>
    internal static class CatalogUtils
    {
        public static IHostEnvironment GetEnvironment(this IInternalCatalog catalog)
            => (catalog ?? throw new ArgumentNullException(nameof(catalog))).Environment;
    }
}

namespace Microsoft.ML
{
    /// <summary>The transforms.</summary>
    public sealed class TransformsCatalog : IInternalCatalog
    {
        private readonly IHostEnvironment _env;

        internal TransformsCatalog(IHostEnvironment env)
        {
            _env = env;
            Conversion = new ConversionTransforms(env);
        }

        IHostEnvironment IInternalCatalog.Environment => _env;

        public ConversionTransforms Conversion { get; }

        /// <summary>The transforms between types.</summary>
        public sealed class ConversionTransforms : IInternalCatalog
        {
            private readonly IHostEnvironment _env;

            internal ConversionTransforms(IHostEnvironment env) => _env = env;

            IHostEnvironment IInternalCatalog.Environment => _env;
        }
    }

    /// <summary>What the catalogs of learning tasks share.</summary>
    public abstract class TrainCatalogBase : IInternalCatalog
    {
        private readonly IHostEnvironment _env;

        private protected TrainCatalogBase(IHostEnvironment env) => _env = env;

        IHostEnvironment IInternalCatalog.Environment => _env;

        /// <summary>The trainers of a task.</summary>
        public abstract class CatalogInstantiatorBase : IInternalCatalog
        {
            private readonly TrainCatalogBase _catalog;

            private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => _catalog = catalog;

            IHostEnvironment IInternalCatalog.Environment => _catalog._env;
        }
    }
}
