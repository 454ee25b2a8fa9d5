using System.Diagnostics;

namespace Microsoft.ML.Runtime;

/// <summary>The environment of an MLContext, and of every component registered in it: random numbers, channels, cancellation.</summary>
internal sealed class HostEnvironment : IHost, IHostEnvironmentInternal, ICancelable
{
    private readonly HostEnvironment _parent;
    private readonly Action<ChannelMessage, string> _listener;
    private readonly object _gate = new();
    private readonly List<WeakReference<HostEnvironment>> _children = [];

    public HostEnvironment(int? seed, Action<ChannelMessage, string> listener)
    {
        Seed = seed;
        _listener = listener;
        Rand = TauswortheHybrid.Create(seed);
        ComponentCatalog = new ComponentCatalog();
    }

    private HostEnvironment(HostEnvironment parent, string name, Random random)
    {
        _parent = parent;
        _listener = parent._listener;
        Seed = parent.Seed;
        Rand = random;
        ComponentCatalog = parent.ComponentCatalog;
        IsCanceled = parent.IsCanceled;
        // As in the real library: a host carries the name of its grandparent, not of its parent.
        FullName = Join(parent._parent?.FullName, name);
    }

    public int? Seed { get; }

    public Random Rand { get; }

    public ComponentCatalog ComponentCatalog { get; }

    public bool IsCanceled { get; private set; }

    public string ContextDescription => "HostEnvironment";

    private string FullName { get; }

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        lock (_gate)
        {
            var host = new HostEnvironment(this, name, seed == null ? new TauswortheHybrid(Rand) : TauswortheHybrid.Create(seed));
            _children.RemoveAll(child => !child.TryGetTarget(out _));
            _children.Add(new WeakReference<HostEnvironment>(host));
            return host;
        }
    }

    public void CancelExecution()
    {
        lock (_gate)
        {
            foreach (var child in _children)
            {
                if (child.TryGetTarget(out var host))
                    host.CancelExecution();
            }
            _children.Clear();
            IsCanceled = true;
        }
    }

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    public IChannel Start(string name) => new Channel(_listener, Join(FullName, name));

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new Pipe<TMessage>(Join(FullName, name));

    public IProgressChannel StartProgressChannel(string name)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        return new ProgressChannel();
    }

    private static string Join(string parent, string name) => string.IsNullOrEmpty(parent) ? name : $"{parent}; {name}";

    /// <summary>Takes messages that nobody listens to.</summary>
    private class Pipe<TMessage>(string name) : IPipe<TMessage>
    {
        protected string Name => name;

        public string ContextDescription => name;

        public TException Process<TException>(TException ex) where TException : Exception => ex;

        public virtual void Send(TMessage msg)
        {
        }

        public virtual void Dispose()
        {
        }
    }

    private sealed class Channel : Pipe<ChannelMessage>, IChannel
    {
        private readonly Action<ChannelMessage, string> _listener;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private bool _disposed;

        public Channel(Action<ChannelMessage, string> listener, string name) : base(name)
        {
            _listener = listener;
            Trace(MessageSensitivity.None, "Channel started");
        }

        public override void Send(ChannelMessage msg) => _listener(msg, Name);

        public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt));

        public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt, args));

        public void Error(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Error, sensitivity, fmt));

        public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Error, sensitivity, fmt, args));

        public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt));

        public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt, args));

        public void Info(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Info, sensitivity, fmt));

        public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Info, sensitivity, fmt, args));

        public override void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", _watch.Elapsed);
            Trace(MessageSensitivity.None, "Channel disposed");
        }
    }

    /// <summary>Progress is shown only by the real library's command line, so here nothing listens.</summary>
    private sealed class ProgressChannel : IProgressChannel
    {
        public IProgressChannel StartProgressChannel(string name) => new ProgressChannel();

        public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction)
        {
        }

        public void Checkpoint(params double?[] values)
        {
        }

        public void Dispose()
        {
        }
    }
}
