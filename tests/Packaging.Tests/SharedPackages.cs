using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>Tests that share the packages.</summary>
[CollectionDefinition(nameof(Packed))]
public sealed class SharedPackages : ICollectionFixture<Packed>;
