using System.Text.RegularExpressions;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Faults;

/// <summary>The faults in force; each counts the requests it befell.</summary>
sealed class FaultBook
{
    static readonly TimeSpan RegexTimeout = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();
    readonly List<Entry> _entries = [];

    public void Add(FaultRule rule)
    {
        if (!FaultKinds.Names.Contains(rule.Fault))
            throw new ArgumentException(
                $"There is no fault \"{rule.Fault}\"; there are {string.Join(", ", FaultKinds.Names)}.",
                nameof(rule)
            );
        var path = rule.Path is null ? null : new Regex(rule.Path, RegexOptions.None, RegexTimeout);
        lock (_lock)
            _entries.Add(new Entry(rule, path));
    }

    public void Clear()
    {
        lock (_lock)
            _entries.Clear();
    }

    /// <summary>The fault that befalls a request, or null; taking it counts.</summary>
    public FaultRule? Take(Request request)
    {
        lock (_lock)
        {
            var entry = _entries.Find(e => e.Befalls(request));
            if (entry is null)
                return null;
            entry.Count++;
            return entry.Rule;
        }
    }

    /// <summary>The faults in force and how often each struck.</summary>
    public IReadOnlyList<(FaultRule Rule, int Count)> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Select(e => (e.Rule, e.Count))];
        }
    }

    sealed class Entry(FaultRule rule, Regex? path)
    {
        public FaultRule Rule => rule;

        public int Count;

        public bool Befalls(Request request) =>
            !(Count >= rule.Times)
            && (rule.Host is null || rule.Host == request.Host.Split(':')[0])
            && (rule.Method is null || rule.Method == request.Method)
            && (request.Method == "CONNECT") == FaultKinds.IsOfTunnel(rule.Fault)
            && (path?.IsMatch(request.Path + request.Query) ?? true);
    }
}
