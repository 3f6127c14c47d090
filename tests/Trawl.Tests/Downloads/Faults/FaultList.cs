using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Trawl.Tests.Downloads.Faults;

/// <summary>The catalogue of faults, in the order of its numbers.</summary>
public static class FaultList
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. ((Fault[])[.. Connections(), .. FaultsOfHttp.All, .. FaultsOfContent.All]).OrderBy(f =>
            int.Parse(f.Number.TrimEnd('a', 'b', 'c', 'd', 'e'), CultureInfo.InvariantCulture)
        ),
    ];

    static IEnumerable<Fault> Connections() =>
        [
            new("1", "the name does not exist", s => s.DoorName(Throws(SocketError.HostNotFound)), Door("Name or service not known"))
            {
                BelowHttp = true,
            },
            new("2", "the name server is silent", s => s.DoorName((_, _, c) => s.NeverAsync<IPAddress[]>(c)), Door("timed out"))
            {
                BelowHttp = true,
            },
            new(
                "3",
                "the name server fails once",
                s => s.DoorName((before, own, c) => before == 0 ? Throws(SocketError.TryAgain)(before, own, c) : Task.FromResult(own)),
                ""
            )
            {
                BelowHttp = true,
            },
            new("4", "the media hosts refuse connections", s => s.MediaRefuse(), Door("[Errno 111] Connection refused"))
            {
                BelowHttp = true,
            },
            new("5", "connections come to nothing", s => s.DoorLeadsNowhere(), Door("timed out")) { BelowHttp = true },
            new("6", "the certificate has expired", s => s.Tls("tls-expired"), Door("CERTIFICATE_VERIFY_FAILED")),
            new("7", "the certificate is another host's", s => s.Tls("tls-wrong-name"), Door("CERTIFICATE_VERIFY_FAILED")),
            new("8", "TLS comes to a halt", s => s.Tls("tls-stall"), Door("The handshake operation timed out")),
            new(
                "39",
                "the name leads to a private address the second time",
                s =>
                {
                    s.Media("early-end", times: 1);
                    s.MediaName((before, own) => before == 0 ? own : [IPAddress.Parse("10.0.0.5")]);
                }
            )
            {
                BelowHttp = true,
            },
            new(
                "40",
                "the name leads to a public and a private address",
                s => s.DoorName((_, own, _) => Task.FromResult<IPAddress[]>([.. own, IPAddress.Parse("192.168.1.1")])),
                Door("Tunnel connection failed: 403 Forbidden")
            )
            {
                BelowHttp = true,
            },
            new("63", "HTTP/2 frames out of order", _ => { }) { Why = "no connection is offered HTTP/2" },
        ];

    /// <summary>What yt-dlp prints when it does not get a page.</summary>
    public static string Door(string why) => $"ERROR: [TikTok] 7: Unable to download webpage: <urlopen error {why}>";

    static Func<int, IPAddress[], CancellationToken, Task<IPAddress[]>> Throws(SocketError error) =>
        (_, _, _) => throw new SocketException((int)error);
}
