using FsCheck;
using FsCheck.Fluent;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>What a column of a random table is made of.</summary>
internal enum ColumnKind
{
    Single,
    Double,
    SByte,
    Int16,
    Int32,
    Int64,
    Byte,
    UInt16,
    UInt32,
    UInt64,
    Boolean,
    ByteKey,
    UInt16Key,
    UInt32Key,
    UInt64Key,
    Vector,
    SparseVector,
}

/// <summary>How the values of a random column are spread.</summary>
internal enum Spread
{
    Normal,
    FarFromZero,
    FewValues,
    HeavyTailed,
    Constant,
}

/// <summary>A column of a random table.</summary>
/// <param name="Kind">Of values.</param>
/// <param name="Likelihood">Possible for the kind.</param>
/// <param name="Scaling">Possible for the likelihood.</param>
/// <param name="Spread">Of the values, as far as the likelihood allows it.</param>
/// <param name="Size">Slots of a vector, categories of a key.</param>
/// <param name="Holes">Missing training values, in per cent.</param>
internal sealed record ColumnSpec(ColumnKind Kind, VaeLikelihood Likelihood, VaeScaling Scaling, Spread Spread, int Size, int Holes)
{
    public bool IsKey => Kind is ColumnKind.ByteKey or ColumnKind.UInt16Key or ColumnKind.UInt32Key or ColumnKind.UInt64Key;

    public bool IsVector => Kind is ColumnKind.Vector or ColumnKind.SparseVector;

    public bool CanMiss => IsKey || (Kind is ColumnKind.Single or ColumnKind.Double || IsVector) && Likelihood != VaeLikelihood.Multinomial;

    public static Gen<ColumnSpec> Any =>
        from kind in Gen.Elements(Enum.GetValues<ColumnKind>())
        from likelihood in Gen.Elements(LikelihoodsOf(kind))
        from scaling in Gen.Elements(ScalingsOf(likelihood))
        from spread in Gen.Elements(Enum.GetValues<Spread>())
        from size in Gen.Choose(1, 9)
        from holes in Gen.Elements(0, 0, 5, 60)
        select new ColumnSpec(kind, likelihood, scaling, spread, size, holes);

    public VaeInputColumn Settings(string name) => new(name) { Likelihood = Likelihood, Scaling = Scaling };

    /// <summary>Simpler columns that may show the same.</summary>
    public IEnumerable<ColumnSpec> Simpler()
    {
        if (Holes > 0)
        {
            yield return this with { Holes = 0 };
        }
        if (Size > 1)
        {
            yield return this with { Size = Size / 2 };
        }
        if (Spread != Spread.Normal)
        {
            yield return this with { Spread = Spread.Normal };
        }
        if (!IsKey && Scaling == VaeScaling.Quantile)
        {
            yield return this with { Scaling = VaeScaling.Standard };
        }
        if (Likelihood is VaeLikelihood.StudentT or VaeLikelihood.Laplace)
        {
            yield return this with { Likelihood = VaeLikelihood.Gaussian };
        }
        if (Kind is not (ColumnKind.Single or ColumnKind.Vector or ColumnKind.SparseVector or ColumnKind.Boolean) && !IsKey)
        {
            yield return this with { Kind = ColumnKind.Single };
        }
        if (Kind == ColumnKind.SparseVector)
        {
            yield return this with { Kind = ColumnKind.Vector };
        }
    }

    /// <summary>A number that this column may have.</summary>
    public double NumberOf(Random random)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Likelihood switch
        {
            VaeLikelihood.Bernoulli or VaeLikelihood.ContinuousBernoulli => Spread switch
            {
                Spread.FewValues => random.Next(2),
                Spread.Constant => 0.25,
                _ => random.NextDouble(),
            },
            VaeLikelihood.Poisson or VaeLikelihood.Multinomial => Spread switch
            {
                Spread.HeavyTailed => Math.Floor(Math.Min(Math.Exp(2 * normal), 100)),
                Spread.Constant => 3,
                _ => random.Next(7),
            },
            // As they are, large numbers are a learning rate's business, which is tried elsewhere.
            _ when Scaling == VaeScaling.None => Spread == Spread.Constant ? 1 : normal,
            _ => Spread switch
            {
                Spread.FarFromZero => 1e4 + 5 * normal,
                Spread.FewValues => random.Next(4) - 1,
                Spread.HeavyTailed => Math.Min(Math.Exp(3 * normal), 1e6),
                Spread.Constant => 7,
                _ => 10 * normal,
            },
        };
    }

    /// <summary>What a constant column of this kind is beside its missing values; a slot that had none at all may say 0.</summary>
    public double ConstantOf(double found) => Kind == ColumnKind.Boolean ? 1 : found == 0 ? 0 : 7;

    public static VaeLikelihood[] LikelihoodsOf(ColumnKind kind) => kind switch
    {
        ColumnKind.ByteKey or ColumnKind.UInt16Key or ColumnKind.UInt32Key or ColumnKind.UInt64Key => [VaeLikelihood.Categorical],
        ColumnKind.Boolean => [VaeLikelihood.Bernoulli, VaeLikelihood.Gaussian, VaeLikelihood.StudentT, VaeLikelihood.Laplace],
        ColumnKind.Vector or ColumnKind.SparseVector => [.. Enum.GetValues<VaeLikelihood>().Where(likelihood => likelihood != VaeLikelihood.Categorical)],
        _ => [.. Enum.GetValues<VaeLikelihood>().Where(likelihood => likelihood is not (VaeLikelihood.Categorical or VaeLikelihood.Multinomial))],
    };

    public static VaeScaling[] ScalingsOf(VaeLikelihood likelihood) => likelihood is VaeLikelihood.Gaussian or VaeLikelihood.StudentT or VaeLikelihood.Laplace ? Enum.GetValues<VaeScaling>() : [VaeScaling.None];
}
