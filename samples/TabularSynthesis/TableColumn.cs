namespace Vae.MLNet.Samples.TabularSynthesis;

/// <summary>What the values of a column are.</summary>
internal enum TableColumnKind
{
    /// <summary>Texts.</summary>
    Category,

    /// <summary>Numbers, of which some may be missing.</summary>
    Number,

    /// <summary>Whole numbers, none missing.</summary>
    WholeNumber,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">As the header says it.</param>
/// <param name="Kind">What its values are.</param>
internal sealed record TableColumn(string Name, TableColumnKind Kind);
