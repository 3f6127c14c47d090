using System.Net;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>The doors of www.tiktok.com, in the order of how much they tell.</summary>
static class TikTokDoors
{
    static readonly Uri Home = new("https://www.tiktok.com/");

    /// <summary>The page that a browser's session is good for.</summary>
    public static Door Page { get; } = new PostPageDoor("page", Session.Desktop);

    /// <summary>All doors that are asked without a browser.</summary>
    public static IReadOnlyList<Door> All { get; } = [Page, new PostPageDoor("phone", Session.Mobile), new PlayerDoor(), new EmbedDoor()];

    /// <summary>As whom a door is asked: somebody who is on the site already.</summary>
    static Session Visitor(Session session) => session with { Referer = Home };

    /// <summary>What every door of the site answers in place of what was asked for.</summary>
    /// <exception cref="TrawlException">With its meaning.</exception>
    static void Judge(DoorReply reply, VideoUrl url)
    {
        if (reply.Header("x-tt-system-error") is { } code)
            throw new TrawlException(FailureKind.Blocked, $"TikTok's risk control refuses this client (system error {Shown(code)}).")
            {
                Detail = "RISK_CONTROL",
            };
        if (reply.Address.AbsolutePath.StartsWith("/login", StringComparison.Ordinal))
            throw new TrawlException(FailureKind.LoginRequired, $"TikTok asks for a login before it shows {url.Identity}.");
        if (reply.Address.AbsolutePath.EndsWith("/about", StringComparison.Ordinal))
            throw new TrawlException(FailureKind.Blocked, "TikTok sends this network to its about page.");
        if ((int)reply.Status is < 200 or > 299)
            throw HttpStatus.Failure((int)reply.Status, RetryAfter(reply), "TikTok");
        if (reply.Status == HttpStatusCode.NoContent || reply.Body.IsEmpty)
            throw new TrawlException(FailureKind.Blocked, "TikTok answered with nothing.");
    }

    static TimeSpan? RetryAfter(DoorReply reply) =>
        int.TryParse(reply.Header("retry-after"), out var seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 3600)) : null;

    static string Shown(string text) => new([.. text.Take(20).Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or ',' or '-')]);

    static VisitRequest Request(Uri address) => new(address) { MayVisit = next => TikTokUrl.IsHost(next.Host) };

    /// <summary>The post's own page: the desktop's, or the phone's, which is often served whole where the desktop's is a stub.</summary>
    sealed class PostPageDoor(string name, Session session) : Door
    {
        public override string Name => name;

        public override Session Session { get; } = Visitor(session);

        public override VisitRequest RequestFor(VideoUrl url) => Request(url.Canonical) with { Navigates = true };

        public override Video Read(DoorReply reply, VideoUrl url)
        {
            Judge(reply, url);
            return TikTokPage.Parse(reply.Body.Span, url, reply.Session with { Referer = Home });
        }

        public override ReadOnlySpan<byte> Data(DoorReply reply) => TikTokPage.Data(reply.Body.Span);
    }

    /// <summary>What the embedded player asks for: exact counts, but neither music nor subtitles in full.</summary>
    sealed class PlayerDoor : Door
    {
        public override string Name => "player";

        public override Session Session { get; } = Visitor(Session.Desktop);

        public override VisitRequest RequestFor(VideoUrl url) => Request(new Uri(Home, $"player/api/v1/items?item_ids={url.Id}"));

        public override Video Read(DoorReply reply, VideoUrl url)
        {
            Judge(reply, url);
            return TikTokPlayer.Parse(reply.Body, url, reply.Session with { Referer = Home });
        }

        public override ReadOnlySpan<byte> Data(DoorReply reply) => reply.Body.Span;
    }

    /// <summary>The page other sites embed: little more than the caption, and a file with the watermark.</summary>
    sealed class EmbedDoor : Door
    {
        public override string Name => "embed";

        public override Session Session { get; } = Visitor(Session.Desktop);

        public override VisitRequest RequestFor(VideoUrl url) => Request(new Uri(Home, $"embed/v2/{url.Id}")) with { Navigates = true };

        public override Video Read(DoorReply reply, VideoUrl url)
        {
            Judge(reply, url);
            var json = Data(reply);
            return json.IsEmpty
                ? throw TikTokPage.WithoutData(reply.Body.Span, url)
                : TikTokEmbed.Parse(json.ToArray(), url, reply.Session with { Referer = Home });
        }

        public override ReadOnlySpan<byte> Data(DoorReply reply) => TikTokEmbed.Data(reply.Body.Span);
    }
}
