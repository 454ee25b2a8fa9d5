using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Tool.Files;
using Vae.MLNet.Tool.Models;

namespace Vae.MLNet.Tool.Commands;

/// <summary><c>vae info</c>: what a model is.</summary>
internal sealed class InfoCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "A model file of vae train, or of any ML.NET program with a VAE in its chain." };
    private readonly Option<bool> _json = CommandOptions.Flag("--json", "JSON instead of lines.");

    public InfoCommand(ToolStreams streams)
        : base("info", "Say what a model is: its columns, its network, how training went.")
    {
        Add(_model);
        Add(_json);
        SetAction(result => Run(result, streams));
    }

    private void Run(ParseResult result, ToolStreams streams)
    {
        using LoadedModel model = ModelFile.Load(result.GetRequiredValue(_model));
        using OutputTarget target = OutputTarget.Open(null, streams);
        FactsOf(model).Write(target.Stream, result.GetValue(_json));
        target.Commit();
    }

    private static Facts FactsOf(LoadedModel model)
    {
        VaeTransformer vae = model.Vae;
        var facts = new Facts();
        facts.Add("model", model.Path);
        facts.Add("latent dimension", vae.LatentDimension);
        facts.Add("network", NetworkOf(vae.Network));
        facts.Add("prior", vae.Prior is VaePrior.Vamp vamp ? $"VampPrior of {vamp.Components} components" : "N(0, I)");
        facts.Add("label", vae.LabelColumnName);
        facts.Add("takes missing cells", vae.InputColumns.Any(column => column.ImputedColumnName is not null));
        facts.Add("epochs", vae.History.Count);
        if (vae.History is [.., var last])
        {
            facts.Add("ELBO of the last epoch", last.Elbo, "nats per training row");
            facts.Add("KL of the last epoch", last.Kl, "nats per training row");
            facts.Add("active units", last.ActiveUnits);
            if (last.ValidationElbo is { } validation)
            {
                facts.Add("validation ELBO", validation, "nats per row, last epoch");
            }
        }
        facts.Add("anomalies score above", vae.ScoreThreshold is { } threshold ? (double)threshold : null, "nats");
        facts.Add("numbers per row", vae.InputSize);
        DataViewSchema read = model.Transformer.GetOutputSchema(model.Schema);
        foreach (VaeInputColumn input in vae.InputColumns)
        {
            facts.Add($"column {input.Name}", $"{KindOf(model.Schema, read, input.Name)}, {input.Likelihood}{(input.Scaling is null or VaeScaling.None ? "" : $", {input.Scaling} scaling")}");
        }
        string[] others = [.. model.Schema.Select(column => column.Name).Where(name => name != vae.LabelColumnName && vae.InputColumns.All(input => input.Name != name))];
        if (others.Length > 0)
        {
            facts.Add("columns not used", string.Join(", ", others));
        }
        return facts;
    }

    private static string NetworkOf(VaeNetwork network) => network switch
    {
        VaeNetwork.Dense dense => $"dense {string.Join('-', dense.HiddenLayerSizes)}, {dense.Activation}",
        VaeNetwork.Convolutional image => $"convolutional {image.Height}x{image.Width}x{image.Channels}, channels {string.Join('-', image.LayerChannels)}, layer {image.HiddenLayerSize}, {image.Activation}",
        VaeNetwork.Custom own => $"custom '{own.Factory}' {own.Configuration}",
        _ => network.ToString()!,
    };

    private static string KindOf(DataViewSchema table, DataViewSchema read, string name) => (table.GetColumnOrNull(name)?.Type, read[name].Type) switch
    {
        (_, KeyDataViewType key) => $"category of {key.Count.ToString(CultureInfo.InvariantCulture)}",
        (VectorDataViewType vector, _) => $"{vector.Size.ToString(CultureInfo.InvariantCulture)} {(ColumnFacts.ImageShapeOf(table[name]) is { } image ? $"pixels, {image}" : "numbers")}",
        (BooleanDataViewType, _) => "true or false",
        (NumberDataViewType, _) when ColumnFacts.IsWholeNumber(table[name]) => "whole number",
        (NumberDataViewType, _) => "number",
        (_, var type) => type.ToString()!,
    };
}
