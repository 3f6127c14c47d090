using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Faults;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Manners;
using Trawl.Sandbox.Proxy;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox;

/// <summary>A post of the sandbox, as its catalogue tells it.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Short">Its short link.</param>
/// <param name="Kind">video or photo.</param>
/// <param name="Expect"><c>ok</c> or the failure a client reports that may use every source.</param>
/// <param name="Condition">How its page presents itself.</param>
/// <param name="Variants">Its media forms.</param>
public sealed record SandboxPost(
    string Url,
    string Short,
    string Kind,
    string Expect,
    string Condition,
    IReadOnlyList<SandboxVariant> Variants
)
{
    /// <summary>The handle of its author.</summary>
    public required string Author { get; init; }

    /// <summary>Its caption.</summary>
    public required string Caption { get; init; }

    /// <summary>How many like it, as pages say it.</summary>
    public required long Likes { get; init; }

    /// <summary>When it was posted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The link to the same video on YouTube.</summary>
    public required string OnYouTube { get; init; }

    /// <summary>The link to the same video on Bilibili.</summary>
    public required string OnBilibili { get; init; }
}

/// <summary>A media form of a post.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Codec">h264, h265 or bytevc2.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal.</param>
/// <param name="Address">Where anybody may fetch it.</param>
public sealed record SandboxVariant(string Name, string Codec, int Width, int Height, long Size, string Sha256, string Address);

/// <summary>The stand-in Internet, started in process: a proxy on loopback behind which TikTok, its CDN and TikWM are played.</summary>
public sealed class SandboxWorld : IAsyncDisposable
{
    readonly PostCatalogue _catalogue;
    readonly MediaFactory _media;
    readonly SignedMedia _signed;
    readonly Waf _waf;
    readonly CertificateAuthority _authority;
    readonly FaultBook _faults = new();
    readonly ConcurrentQueue<LoggedRequest> _requests = new();
    readonly ConditionalWeakTable<Request, FaultRule> _befallen = [];
    readonly ProxyServer _server;
    readonly Site[] _sites;
    readonly TimeProvider _time;
    long _activity;
    int _pending;

    static readonly string[] Domains =
    [
        "tiktok.com",
        "tiktokcdn.com",
        "tiktokcdn-us.com",
        "tikwm.com",
        "tikvid.io",
        "youtube.com",
        "googlevideo.com",
        "bilibili.com",
        "bilivideo.com",
        "github.com",
        "githubusercontent.com",
        "sandbox.test",
    ];

    SandboxWorld(SandboxOptions options, TimeProvider time)
    {
        _time = time;
        _catalogue = new PostCatalogue(options.Seed, options.Posts, options.Padding, options.Plain);
        _media = new MediaFactory(options.MediaCache);
        _signed = new SignedMedia(RandomNumberGenerator.GetBytes(32), time);
        _authority = new CertificateAuthority(Domains, TimeProvider.System.GetUtcNow()); // TLS stacks ask the real clock
        _waf = new Waf(RandomNumberGenerator.GetBytes(32), time) { Manners = options.TikTok ?? TikTokManners.Of(options.Year) };
        var cdn = new CdnSite(_catalogue, _media, _signed);
        _sites =
        [
            new TikTokSite(_catalogue, _media, _signed, cdn, _waf, options.Year),
            cdn,
            new TikwmSite(_catalogue, _media, time, options.TikwmPerDay),
            new TikVidSite(_catalogue),
            new YouTubeSite(_catalogue, _media, options.Year),
            new BilibiliSite(_catalogue, _media),
            new ReleaseSite(),
            new ResolverSite(_catalogue, _media),
            new ControlSite(this),
            new EmptySite(),
        ];
        _server = new ProxyServer(options.Port, options.Ways, _authority, Tunnel, AnswerAsync, Log, time);
        CertificateFile = Path.Combine(Directory.CreateTempSubdirectory("trawl-sandbox-").FullName, "authority.pem");
        File.WriteAllText(CertificateFile, _authority.Pem);
    }

    /// <summary>The proxy to use.</summary>
    public Uri Proxy => new($"http://127.0.0.1:{_server.Port}");

    /// <summary>All proxies, each another address for the sites.</summary>
    public IReadOnlyList<Uri> Proxies => [.. _server.Ways.Select(way => new Uri($"http://{way}"))];

    /// <summary>How tiktok.com answers clients it does not know.</summary>
    public TikTokManners TikTok
    {
        get => _waf.Manners;
        set => _waf.Manners = value;
    }

    /// <summary>The certificate authority to trust, as a PEM file; removed at the end.</summary>
    public string CertificateFile { get; }

    /// <summary>The environment that makes any program see the sandbox, trust it, and trust nobody else.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["HTTPS_PROXY"] = Proxy.AbsoluteUri.TrimEnd('/'),
            ["NO_PROXY"] = "",
            ["SSL_CERT_FILE"] = CertificateFile,
            ["SSL_CERT_DIR"] = Path.GetDirectoryName(CertificateFile)!,
            ["CURL_CA_BUNDLE"] = CertificateFile,
            ["Trawl__Resolver__Address"] = Resolver.AbsoluteUri,
            // the one client of YouTube that is still simple: an old yt-dlp can play here, as it cannot out there
            ["Trawl__YtDlp__ExtractorArgs"] = "youtube:player_client=ios",
            ["Trawl__Deps__Key"] = ReleaseSite.Fingerprint,
            ["Trawl__State"] = Path.Combine(Path.GetDirectoryName(CertificateFile)!, "state"), // what is learned here is true only here
        };

    /// <summary>The resolver service the sandbox plays.</summary>
    public static Uri Resolver => new($"https://{ResolverSite.Host}/");

    /// <summary>Every request so far, in the order they ended.</summary>
    public IReadOnlyCollection<LoggedRequest> Requests => _requests;

    /// <summary>A number that grows with everything the sandbox receives or answers.</summary>
    public long Activity => Interlocked.Read(ref _activity);

    /// <summary>How many requests have come whose answers have not ended yet.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Starts a sandbox.</summary>
    public static Task<SandboxWorld> StartAsync(SandboxOptions? options = null, TimeProvider? time = null) =>
        Task.FromResult(new SandboxWorld(options ?? new SandboxOptions(), time ?? TimeProvider.System));

    /// <summary>Puts a fault in force.</summary>
    public void Add(FaultRule rule) => _faults.Add(rule);

    /// <summary>Ends all faults.</summary>
    public void ClearFaults() => _faults.Clear();

    /// <summary>Ends all faults and forgets all requests.</summary>
    public void Reset()
    {
        _faults.Clear();
        _requests.Clear();
    }

    /// <summary>The faults in force and how often each struck.</summary>
    public IReadOnlyList<(FaultRule Rule, int Count)> Faults => _faults.Entries;

    /// <summary>What the posts speak of, to be searched for.</summary>
    public static IReadOnlyList<string> Subjects => PostCatalogue.Subjects;

    /// <summary>The links of all posts, in the order of the catalogue, without making their media.</summary>
    public IReadOnlyList<string> Links => [.. _catalogue.Posts.Select(p => p.Address)];

    /// <summary>The posts with their media made and hashed.</summary>
    public async IAsyncEnumerable<SandboxPost> ListAsync()
    {
        foreach (var post in _catalogue.Posts)
            yield return await DescribeAsync(post);
    }

    /// <summary>One post, by its place in the catalogue, with its media made and hashed.</summary>
    public Task<SandboxPost> DescribeAsync(int index) => DescribeAsync(_catalogue.Posts[index]);

    /// <summary>Stops the sandbox; its certificate is worthless from now on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(Path.GetDirectoryName(CertificateFile)!, recursive: true);
    }

    async Task<SandboxPost> DescribeAsync(Post post)
    {
        var variants = new List<SandboxVariant>();
        foreach (var variant in post.Variants)
        {
            var size = (await _media.MakeAsync(post, variant)).Length!.Value;
            var hash = await _media.HashAsync(post, variant);
            var address = $"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}";
            variants.Add(new(variant.Name, variant.Codec, variant.Width, variant.Height, size, hash, address));
        }
        return new SandboxPost(
            post.Address,
            $"https://vm.tiktok.com/{post.ShortCode}/",
            post.Kind,
            post.Expect,
            JsonNamingPolicy.KebabCaseLower.ConvertName($"{post.Condition}"),
            variants
        )
        {
            Author = post.Author.Handle,
            Caption = post.Caption,
            Likes = post.Likes,
            CreatedAt = post.CreatedAt,
            OnYouTube = YouTubeSite.AddressOf(post),
            OnBilibili = BilibiliSite.AddressOf(post),
        };
    }

    Reply Tunnel(Request request)
    {
        Interlocked.Increment(ref _activity);
        var host = request.Host.Split(':')[0];
        var fault = _faults.Take(request);
        var reply = fault is not null ? FaultKinds.Tunnel(fault) : Reply.Nothing(_sites.Any(s => s.Plays(host)) ? 200 : 502);
        Record(request, reply, 0, fault);
        return reply;
    }

    async Task<Reply> AnswerAsync(Request request)
    {
        Interlocked.Increment(ref _activity);
        Interlocked.Increment(ref _pending);
        try
        {
            return await AnswerAsync(request, Array.Find(_sites, s => s.Plays(request.Host)));
        }
        catch (TrawlException e)
        {
            return Reply.Html($"<html><body>{e.Message}</body></html>", 500); // no ffmpeg, no media
        }
    }

    async Task<Reply> AnswerAsync(Request request, Site? site)
    {
        if (site is null)
            return Reply.Nothing(502);
        if (site is ControlSite || _faults.Take(request) is not { } fault)
            return await site.AnswerAsync(request);
        _befallen.Add(request, fault);
        var reply = await site.AnswerAsync(FaultKinds.Shape(fault, request));
        return FaultKinds.Apply(fault, request, reply, _signed, _waf);
    }

    void Log(Request request, Reply reply, long bytes)
    {
        Record(request, reply, bytes, _befallen.TryGetValue(request, out var fault) ? fault : null);
        Interlocked.Decrement(ref _pending);
    }

    void Record(Request request, Reply reply, long bytes, FaultRule? fault)
    {
        Interlocked.Increment(ref _activity);
        _requests.Enqueue(
            new LoggedRequest(
                _time.GetUtcNow(),
                request.Method,
                request.Host,
                request.Path,
                reply.Status,
                bytes,
                fault?.Fault,
                request.Headers
            )
        );
    }
}
