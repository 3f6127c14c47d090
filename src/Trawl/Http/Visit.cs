using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>
/// Manners for one errand: identity, cookies, pace, deadlines, guard. The only way out to the network. Redirects are followed here, hop by
/// hop, so that each hop is judged and gets only the headers meant for it. Owned by one caller at a time.
/// </summary>
public sealed class Visit(Network network, Session session)
{
    HttpOptions Options => network.Options;

    /// <summary>Who we are by now: cookies that arrived are in it.</summary>
    public Session Session { get; private set; } = session;

    /// <summary>Asks for an address; repeats after a failed connection, a 5xx and a short 429, at most <see cref="HttpOptions.Retries"/> times.</summary>
    /// <returns>The final answer, its body still to be read; any status but a redirect.</returns>
    /// <exception cref="TrawlException">Refused address, network, timeout, rate limit, or a redirect that leads nowhere.</exception>
    public async Task<VisitReply> OpenAsync(VisitRequest request, CancellationToken cancellation)
    {
        var retries = request.Repeat ? Options.Retries : 0;
        network.Retries.FirstTry();
        for (var retry = 0; ; retry++)
        {
            var delay = network.BackOff(retry);
            try
            {
                var reply = await FollowAsync(request, cancellation).ConfigureAwait(false);
                if (reply.Status == HttpStatusCode.TooManyRequests)
                    delay = await ObeyAsync(reply, cancellation).ConfigureAwait(false);
                else if ((int)reply.Status < 500)
                    return reply;
                if (retry >= retries || delay > Options.Patience || !network.Retries.TryRetry())
                    return reply;
                await reply.DisposeAsync().ConfigureAwait(false);
            }
            catch (TrawlException e) when (e.Kind == FailureKind.Network && retry < retries && network.Retries.TryRetry())
            {
                network.Logger.LogDebug("Repeating {Address}: {Reason}", request.Address.Masked(), e.Message);
            }
            await Task.Delay(delay, network.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gets a page or an API answer whole.</summary>
    public async Task<(VisitReply Reply, ReadOnlyMemory<byte> Body)> GetPageAsync(VisitRequest request, CancellationToken cancellation)
    {
        var reply = await OpenAsync(request with { Compressed = true }, cancellation).ConfigureAwait(false);
        await using (reply.ConfigureAwait(false))
            return (reply, await reply.ReadPageAsync(Options.PageLimit).ConfigureAwait(false));
    }

    async Task<VisitReply> FollowAsync(VisitRequest request, CancellationToken cancellation)
    {
        var address = request.Address;
        for (var hop = 0; hop <= Options.Redirects; hop++)
        {
            var reply = await SendAsync(request, address, cancellation).ConfigureAwait(false);
            if ((int)reply.Status is not (301 or 302 or 303 or 307 or 308) || !request.Follow)
                return reply;
            await using (reply.ConfigureAwait(false))
                address = NextAddress(address, reply.Location);
            if (!request.MayVisit(address))
                throw new TrawlException(FailureKind.RefusedAddress, $"The link leads away to {address.Host}.");
        }
        throw new TrawlException(FailureKind.UpstreamError, $"{request.Address.Masked()} redirects more than {Options.Redirects} times.");
    }

    static Uri NextAddress(Uri from, string? location)
    {
        if (location is null || !Uri.TryCreate(from, location, out var next))
            throw new TrawlException(FailureKind.UpstreamError, $"{from.Masked()} redirects to nowhere.");
        if (from.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
            throw new TrawlException(FailureKind.RefusedAddress, $"{from.Masked()} redirects from https to http.");
        return next;
    }

    async Task<VisitReply> SendAsync(VisitRequest request, Uri address, CancellationToken cancellation)
    {
        network.Guard.Check(address);
        RequestBudget.Spend();
        await network.Gate.WaitAsync(address.Host, cancellation).ConfigureAwait(false);

        var pass = await network.Passes.ForAsync(address.Host, cancellation).ConfigureAwait(false);
        var started = network.Time.GetTimestamp();
        using var deadline = new CancellationTokenSource(request.AnswerTimeout ?? Options.AnswerTimeout, network.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        HttpResponseMessage response;
        try
        {
            response = await GoOutAsync(request, address, pass, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw NetworkFailure.From(e, address);
        }
        await network.Passes.LearnAsync(response.StatusCode, pass, cancellation).ConfigureAwait(false);
        if (network.Logger.IsEnabled(LogLevel.Debug))
            network.Logger.LogDebug(
                "{Method} {Address} answered {Status} in {Elapsed} ms",
                request.Method,
                address.Masked(),
                (int)response.StatusCode,
                (int)network.Time.GetElapsedTime(started).TotalMilliseconds
            );
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
            Session = Session.Receive(cookies, address, network.Time.GetUtcNow());
        return await VisitReply.OpenAsync(response, address, Options, network.Time, cancellation).ConfigureAwait(false);
    }

    // By the session's way out, or another one where that cannot be reached.
    async Task<HttpResponseMessage> GoOutAsync(VisitRequest request, Uri address, Pass? pass, CancellationToken cancellation)
    {
        while (true)
        {
            var exit = network.Exits.For(Session);
            Session = exit.Proxy == Session.Exit ? Session : Session with { Exit = exit.Proxy };
            using var message = Describe(request, address, pass);
            try
            {
                return await exit.Client.SendAsync(message, cancellation).ConfigureAwait(false);
            }
            catch (HttpRequestException e)
                when (e.InnerException is TrawlException { Detail: Exits.Unreachable } && network.Exits.Leave(exit))
            {
                network.Logger.LogWarning("{Reason} Another way out is taken", e.InnerException.Message);
            }
        }
    }

    HttpRequestMessage Describe(VisitRequest request, Uri address, Pass? pass)
    {
        var message = new HttpRequestMessage(request.Method, address) { Version = HttpVersion.Version11 };
        if (request.Json is { } json)
        {
            message.Content = new ReadOnlyMemoryContent(json);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }
        var headers = message.Headers;
        foreach (var (name, value) in request.Navigates && !Session.Navigation.IsEmpty ? Session.Navigation : Plain)
            if ((value.Length > 0 ? value : ValueOf(name, request, address, pass)) is { } filled)
                headers.TryAddWithoutValidation(name, filled);
        if (request.From > 0)
            headers.Range = new RangeHeaderValue(request.From, null);
        if (request.From > 0 && request.IfRange is not null)
            headers.TryAddWithoutValidation("If-Range", request.IfRange);
        Override(headers, pass?.Headers);
        Override(headers, Options.Headers.GetValueOrDefault(address.Host));
        Override(headers, address == request.Address ? request.Headers : null);
        return message;
    }

    static readonly ImmutableArray<KeyValuePair<string, string>> Plain =
    [
        new("User-Agent", ""),
        new("Accept", "*/*"),
        new("Accept-Language", ""),
        new("Accept-Encoding", ""),
        new("Referer", ""),
        new("Cookie", ""),
    ];

    string? ValueOf(string header, VisitRequest request, Uri address, Pass? pass) =>
        header.ToLowerInvariant() switch
        {
            "user-agent" => Session.UserAgent,
            "accept-language" => Session.AcceptLanguage,
            "accept-encoding" => request.Compressed ? "gzip" : null,
            "referer" => Session.Referer is { } referer ? referer.GetLeftPart(UriPartial.Authority) + "/" : null,
            "cookie" => (pass is null ? Session : Session with { Cookies = [.. pass.Cookies, .. Session.Cookies] }).CookieHeader(
                address,
                network.Time.GetUtcNow()
            ),
            _ => null,
        };

    static void Override(HttpRequestHeaders headers, IReadOnlyDictionary<string, string>? by)
    {
        if (by is null)
            return;
        foreach (var (name, value) in by)
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }
    }

    async Task<TimeSpan> ObeyAsync(VisitReply reply, CancellationToken cancellation)
    {
        var wait = reply.RetryAfter ?? Options.RetryDelay;
        await network.Gate.SilenceAsync(reply.Address.Host, wait, cancellation).ConfigureAwait(false);
        network.Gate.SlowDown(reply.Address.Host);
        return wait;
    }
}
