using System.Collections.Immutable;

namespace Trawl.Http;

/// <summary>Manners and limits of the network.</summary>
public sealed record HttpOptions
{
    /// <summary>The proxies requests go through, http, https or socks; several are taken in turn, one for each errand. Default: none, which means the one the environment names (HTTPS_PROXY, NO_PROXY).</summary>
    public IReadOnlyList<Uri> Proxies { get; init; } = [];

    /// <summary>Whether requests go out directly while no proxy can be reached. Default: no, they fail.</summary>
    public bool DirectWhenProxiesFail { get; init; }

    /// <summary>User agents taken in turn instead of our desktop browser. Default: none.</summary>
    public IReadOnlyList<string> UserAgents { get; init; } = [];

    /// <summary>How many errands one of <see cref="UserAgents"/> is used for. Default: 10.</summary>
    public int RotateEvery { get; init; } = 10;

    /// <summary>Headers of yours, by host; they go to exactly that host and outweigh ours. Default: none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Headers { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Who obtains passes for hosts that want one. Default: nobody.</summary>
    public IReadOnlyList<Authenticator> Authenticators { get; init; } = [];

    /// <summary>Where passes are kept beyond the end of the program. Default: nowhere.</summary>
    public CredentialStore? Credentials { get; init; }

    /// <summary>A PEM file of certificate authorities to trust instead of the system's. Default: the system's; SSL_CERT_FILE and SSL_CERT_DIR are honoured.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Internal services that may be reached although they are not public, each as exactly <c>host:port</c>. Default: none.</summary>
    public IReadOnlyList<string> TrustedServices { get; init; } = [];

    /// <summary>Cookies every errand begins with; each goes only to the hosts it belongs to. Default: none.</summary>
    public ImmutableArray<SessionCookie> Cookies { get; init; } = [];

    /// <summary>How long a connection may take. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the head of an answer may take. Default: 30 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a body may be silent. Default: 20 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The least a body must bring in every <see cref="RateWindow"/>, in bytes per second. Default: 1 KiB/s.</summary>
    public long MinimumRate { get; init; } = 1024;

    /// <summary>The time over which <see cref="MinimumRate"/> is judged. Default: 30 s.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one body may take altogether. Default: 30 min.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often a request is repeated after a failed connection, 5xx or a short 429. Default: 2.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The pause before the first repetition, give or take a fifth; doubled for each further one. Default: 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Seeds what is left to chance. Default: null, another one in each process.</summary>
    public int? Seed { get; init; }

    /// <summary>The longest silence a host may demand that we sit out within one request. Default: 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Redirects followed within one request. Default: 5.</summary>
    public int Redirects { get; init; } = 5;

    /// <summary>Connections to one host at a time. Default: 16.</summary>
    public int ConnectionsPerHost { get; init; } = 16;

    /// <summary>The largest page or API answer, in bytes after decompression. Default: 5 MiB.</summary>
    public int PageLimit { get; init; } = 5 << 20;

    /// <summary>The most requests one video may cost, over all strategies and retries. Default: 8.</summary>
    public int RequestsPerItem { get; init; } = 8;

    /// <summary>Keeps that pace together with other programs. Default: nobody, each keeps its own.</summary>
    public SharedPace? SharedPace { get; init; }

    /// <summary>
    /// The pace hosts are asked at. Default: www.tiktok.com 30 a minute, ten at once after a pause; www.tikwm.com one in 1.1 s; for www.youtube.com and
    /// www.bilibili.com yt-dlp, which asks about three times, is started ten times a minute, ten at once after a pause.
    /// </summary>
    public IReadOnlyDictionary<string, HostPace> Pace { get; init; } =
        new Dictionary<string, HostPace>
        {
            ["www.tiktok.com"] = HostPace.PerMinute(30, burst: 10),
            ["www.tikwm.com"] = new(TimeSpan.FromMilliseconds(1100)),
            ["www.youtube.com"] = HostPace.PerMinute(10, burst: 10),
            ["www.bilibili.com"] = HostPace.PerMinute(10, burst: 10),
        };
}
