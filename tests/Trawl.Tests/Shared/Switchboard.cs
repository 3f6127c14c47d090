using System.Net;
using System.Net.Sockets;
using Trawl.Http;

namespace Trawl.Tests.Shared;

/// <summary>Names and connections by hand: a name leads to the line plugged in for it, any other name does not exist.</summary>
public sealed record Switchboard : Dialer
{
    readonly List<(string Host, Func<CancellationToken, Task<Stream>> Line)> _lines = [];

    /// <summary>The name server: given a name, how often it was looked up before, and what the board says, it says something else.</summary>
    public Func<string, int, IPAddress[], CancellationToken, Task<IPAddress[]>> NameServer { get; set; } =
        static (_, _, own, _) => Task.FromResult(own);

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
        int before;
        lock (Lookups)
        {
            before = Lookups.Count(name => name == host);
            Lookups.Add(host);
        }
        return _lines.Exists(l => l.Host == host)
            ? NameServer(host, before, [AddressOf(host)], cancellation)
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    IPAddress AddressOf(string host) => new([93, 184, 216, (byte)_lines.FindIndex(l => l.Host == host)]);

    public override Task<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellation) =>
        _lines[endpoint.Address.GetAddressBytes()[3]].Line(cancellation);
}
