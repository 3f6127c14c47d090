using System.Collections.Immutable;
using System.Net;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>What a door answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Address">The address that answered, after all redirects.</param>
/// <param name="Headers">All headers.</param>
/// <param name="Body">The body, decompressed.</param>
/// <param name="Session">Who asked, with the cookies that came.</param>
public sealed record DoorReply(
    HttpStatusCode Status,
    Uri Address,
    ImmutableArray<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body,
    Session Session
)
{
    /// <summary>The way out that was taken: <c>direct</c>, or host and port of a proxy.</summary>
    public string Way => Session.Way;

    /// <summary>The value of a header; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).FirstOrDefault();
}

/// <summary>One of several sources a site has of its own for the same post: what to ask, as whom, and what the answer says.</summary>
public abstract class Door
{
    /// <summary>Its one name in attempts, for example <c>phone</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Who asks, where no other session is given.</summary>
    public abstract Session Session { get; }

    /// <summary>What is asked for a post.</summary>
    public abstract VisitRequest RequestFor(VideoUrl url);

    /// <summary>What the answer says of the post.</summary>
    /// <exception cref="Failures.TrawlException">With the reason the answer gives for not showing it, or the reason it cannot be read.</exception>
    public abstract Video Read(DoorReply reply, VideoUrl url);

    /// <summary>The part of an answer that speaks of the post, as it came.</summary>
    public abstract ReadOnlySpan<byte> Data(DoorReply reply);

    /// <summary>Asks.</summary>
    /// <param name="network">The way out.</param>
    /// <param name="url">The post.</param>
    /// <param name="session">As whom.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<DoorReply> AskAsync(Network network, VideoUrl url, Session session, CancellationToken cancellation)
    {
        var visit = network.Visit(session);
        var (reply, body) = await visit.GetPageAsync(RequestFor(url), cancellation).ConfigureAwait(false);
        return new DoorReply(reply.Status, reply.Address, [.. reply.Headers], body, visit.Session);
    }
}
