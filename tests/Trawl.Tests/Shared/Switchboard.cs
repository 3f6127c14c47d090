using System.Net;
using System.Net.Sockets;
using Trawl.Http;

namespace Trawl.Tests.Shared;

/// <summary>Names and connections by hand: a name leads to the line plugged in for it, any other name does not exist.</summary>
public sealed record Switchboard : Dialer
{
    readonly List<(string Host, Func<CancellationToken, Task<Stream>> Line)> _lines = [];

    /// <summary>The names that were looked up, in order.</summary>
    public List<string> Lookups { get; } = [];

    /// <summary>Plugs a line in; the same name again takes the place of the first.</summary>
    public Switchboard Plug(string host, Func<CancellationToken, Task<Stream>> line)
    {
        _lines.RemoveAll(l => l.Host == host);
        _lines.Add((host, line));
        return this;
    }

    /// <summary>Leads a name to a host of scripted answers.</summary>
    public Switchboard Plug(string host, ScriptedHost to) =>
        Plug(host, cancellation => to.Dialer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 0), cancellation));

    /// <summary>Lets nobody answer where a name leads.</summary>
    public Switchboard Unplug(string host) => Plug(host, _ => throw new SocketException((int)SocketError.ConnectionRefused));

    public override Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        lock (Lookups)
            Lookups.Add(host);
        var index = _lines.FindIndex(l => l.Host == host);
        return index >= 0
            ? Task.FromResult<IPAddress[]>([new IPAddress([93, 184, 216, (byte)index])])
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    public override Task<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellation) =>
        _lines[endpoint.Address.GetAddressBytes()[3]].Line(cancellation);
}
