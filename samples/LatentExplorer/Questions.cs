using System.Diagnostics;
using System.Globalization;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>Decode this.</summary>
/// <param name="Latent">Its numbers.</param>
/// <param name="Label">Of a conditional model.</param>
internal sealed record DecodeQuestion(float[]? Latent, string? Label);

/// <summary>Draw a latent.</summary>
/// <param name="Label">Of a conditional model.</param>
/// <param name="Seed">The same one gives the same latent; null for any.</param>
internal sealed record SampleQuestion(string? Label, int? Seed);

/// <summary>Go from one latent to another.</summary>
/// <param name="First">Where the way starts.</param>
/// <param name="Second">Where it ends.</param>
/// <param name="Steps">The latents on it, the ends among them.</param>
/// <param name="Label">Of a conditional model.</param>
internal sealed record PathQuestion(float[]? First, float[]? Second, int Steps, string? Label);

/// <summary>Answers what the page asks.</summary>
internal sealed class Questions(Explorer explorer)
{
    public RowAnswer Decode(DecodeQuestion question)
    {
        float[] latent = Latent(question.Latent, "latent");
        return Decoded(latent, question.Label);
    }

    public RowAnswer Sample(SampleQuestion question)
    {
        Label(question.Label);
        return Decoded(explorer.Sample(question.Label, question.Seed ?? Random.Shared.Next()), question.Label);
    }

    public PathAnswer Path(PathQuestion question, int mostSteps)
    {
        (float[] first, float[] second) = (Latent(question.First, "first"), Latent(question.Second, "second"));
        if (question.Steps < 2 || question.Steps > mostSteps)
        {
            throw Wrong($"steps is to be from 2 to {mostSteps}, not {question.Steps}.");
        }
        int? label = Label(question.Label);
        float[][] latents = [.. Enumerable.Range(0, question.Steps).Select(step =>
        {
            float part = step / (question.Steps - 1f);
            return first.Select((start, dimension) => start * (1 - part) + second[dimension] * part).ToArray();
        })];
        float[] rows = explorer.Decode([.. latents.SelectMany(each => each)], label);
        return new PathAnswer([.. rows.Chunk(explorer.Vae.InputSize).Select((row, step) => RowAnswer.Of(explorer, latents[step], row, question.Label, null))]);
    }

    public RowPairAnswer Row(string row)
    {
        if (!int.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= explorer.Rows.Count)
        {
            throw Wrong($"There is no row '{row}': there are rows from 0 to {explorer.Rows.Count - 1}.", StatusCodes.Status404NotFound);
        }
        float[] latent = explorer.Rows.LatentOf(index).ToArray();
        string? label = explorer.Rows.Conditions?[index] is { Length: > 0 } condition ? condition : explorer.Labels?[0];
        return new RowPairAnswer(Decoded(latent, label), RowAnswer.Of(explorer, latent, explorer.Rows.ValuesOf(index), label, null));
    }

    private RowAnswer Decoded(float[] latent, string? label)
    {
        int? place = Label(label);
        long start = Stopwatch.GetTimestamp();
        float[] row = explorer.Decode(latent, place);
        return RowAnswer.Of(explorer, latent, row, label, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private float[] Latent(float[]? latent, string name)
    {
        int size = explorer.Vae.LatentDimension;
        if (latent is null || latent.Length != size)
        {
            throw Wrong($"{name} is to be {size} numbers; there are {latent?.Length ?? 0}.");
        }
        int odd = Array.FindIndex(latent, value => !float.IsFinite(value));
        return odd < 0 ? latent : throw Wrong($"{name}[{odd}] is {latent[odd]}, which is not finite.");
    }

    private int? Label(string? label)
    {
        if (explorer.Labels is not { } labels)
        {
            return label is null ? null : throw Wrong("The model is not conditional: there is no label to tell it.");
        }
        int place = labels.ToList().IndexOf(label ?? "");
        return place >= 0 ? place : throw Wrong($"The model is conditional on '{explorer.Vae.LabelColumnName}': label is to be one of {string.Join(", ", labels.Take(20))}, not '{label}'.");
    }

    private static BadHttpRequestException Wrong(string message, int status = StatusCodes.Status400BadRequest) => new(message, status);
}
