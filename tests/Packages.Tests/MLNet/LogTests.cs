using Microsoft.ML;
using Microsoft.ML.Runtime;
using Xunit;

namespace Packages.Tests.MLNet;

public class LogTests
{
    [Fact]
    public void Messages_of_a_channel_reach_the_log_with_kind_source_and_text()
    {
        var ml = new MLContext(1);
        var log = new List<LoggingEventArgs>();
        ml.Log += (_, entry) => log.Add(entry);
        var host = ((IHostEnvironment)ml).Register("Trainer");
        using (var channel = host.Start("Training"))
        {
            channel.Info(MessageSensitivity.None, "Epoch {0} of {1}", 1, 2);
            channel.Warning(MessageSensitivity.None, "Careful");
            channel.Error(MessageSensitivity.None, "Broken");
        }
        var spoken = log.Where(entry => entry.Kind != ChannelMessageKind.Trace).ToArray();
        Assert.Equal([ChannelMessageKind.Info, ChannelMessageKind.Warning, ChannelMessageKind.Error], spoken.Select(entry => entry.Kind));
        Assert.Equal("Epoch 1 of 2", spoken[0].RawMessage);
        Assert.Equal("Trainer; Training", spoken[0].Source);
        Assert.Equal("[Source=Trainer; Training, Kind=Info] Epoch 1 of 2", spoken[0].Message);
        Assert.Equal("Channel started", log[0].RawMessage);
        Assert.Equal("Channel disposed", log[^1].RawMessage);
        Assert.Equal(ChannelMessageKind.Trace, log[0].Kind);
    }

    [Fact]
    public void Braces_in_a_message_without_arguments_stay()
    {
        var ml = new MLContext(1);
        var log = new List<string>();
        ml.Log += (_, entry) => log.Add(entry.RawMessage);
        using (var channel = ((IChannelProvider)ml).Start("Work"))
        {
            channel.Info(MessageSensitivity.None, "{0} {x}");
        }
        Assert.Contains("{0} {x}", log);
    }

    [Fact]
    public void Nobody_has_to_listen_and_progress_goes_nowhere()
    {
        var host = ((IHostEnvironment)new MLContext(1)).Register("Quiet");
        using var channel = host.Start("Training");
        channel.Info(MessageSensitivity.None, "Nobody hears");
        using var progress = host.StartProgressChannel("Training");
        double done = 0.5;
        progress.SetHeader(new ProgressHeader(["Loss"], ["epochs"]), entry => entry.SetProgress(0, done, 1));
        progress.Checkpoint(0.1, 1);
        Assert.Equal(["epochs"], new ProgressHeader("epochs").UnitNames);
    }

    [Fact]
    public void A_host_in_a_host_is_named_after_its_grandparent()
    {
        var ml = new MLContext(1);
        var sources = new List<string>();
        ml.Log += (_, entry) => sources.Add(entry.Source);
        var first = ((IHostEnvironment)ml).Register("First");
        using (first.Register("Second").Register("Third").Start("Work"))
        {
        }
        Assert.Equal("First; Third; Work", sources[0]);
    }
}
