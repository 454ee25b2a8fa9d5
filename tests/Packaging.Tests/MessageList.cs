using System.Collections;
using Microsoft.Build.Framework;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>Keeps the warnings of a task that runs outside of a build.</summary>
internal sealed class MessageList : IBuildEngine
{
    public List<(string Code, string Message)> Warnings { get; } = [];

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "";

    public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add((e.Code, e.Message ?? ""));

    public void LogErrorEvent(BuildErrorEventArgs e) => throw new InvalidOperationException(e.Message);

    public void LogMessageEvent(BuildMessageEventArgs e)
    {
    }

    public void LogCustomEvent(CustomBuildEventArgs e)
    {
    }

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) =>
        throw new NotSupportedException();
}
