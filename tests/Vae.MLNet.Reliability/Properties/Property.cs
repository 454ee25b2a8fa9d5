using System.Diagnostics.CodeAnalysis;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>Something that holds for every case.</summary>
internal abstract class Property
{
    /// <summary>In the table.</summary>
    public abstract string Kind { get; }

    /// <summary>Tries one case.</summary>
    /// <exception cref="BrokenException">It does not hold.</exception>
    public abstract void Try(Case tried);

    /// <summary>What was seen in all cases, with numbers.</summary>
    public abstract string Seen { get; }

    /// <summary>Tries many cases; the first that fails is made as small as it can be.</summary>
    public Outcome Check(int count, int seed)
    {
        int tried = 0;
        (Case Case, string Problem)? smallest = null;
        Config config = Config.Quick.WithMaxTest(count).WithRunner(Silent.Instance).WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd((ulong)seed), FSharpOption<int>.None)));
        FsCheck.Check.One(config, Prop.ForAll(Case.Any, each =>
        {
            tried++;
            if (ProblemOf(each) is { } problem)
            {
                // FsCheck goes on with smaller and smaller ones that fail: the last is the smallest.
                smallest = (each, problem);
                return false;
            }
            return true;
        }));
        return new Outcome(Kind, tried, smallest is null ? $"held; {Seen}" : "BROKEN", smallest is { } found ? [$"{found.Problem} (seed {seed}; made smaller: {found.Case})"] : []);
    }

    protected static void Require([DoesNotReturnIf(false)] bool holds, string problem)
    {
        if (!holds)
        {
            throw new BrokenException(problem);
        }
    }

    // Whatever a case throws is what is wrong with it.
    private string? ProblemOf(Case each)
    {
        try
        {
            Try(each);
            return null;
        }
        catch (BrokenException broken)
        {
            return broken.Message;
        }
        catch (Exception error)
        {
            return error.ToString();
        }
    }

    private sealed class Silent : IRunner
    {
        public static Silent Instance { get; } = new();

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult testResult)
        {
        }
    }
}

/// <summary>A promise that was not kept.</summary>
internal sealed class BrokenException(string message) : Exception(message);
