using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>
/// The strategy <c>scrapling-api</c>: asks a resolver service, which drives a real browser. What failed without a window is asked once more
/// with one; the service's answers are believed as little as anybody's.
/// </summary>
sealed class Resolver(Network network, ResolverOptions options, bool keepRaw) : Strategy, IDisposable
{
    static readonly string[] WorthHeadful = ["NAVIGATION_FAILED", "NO_DOWNLOAD_LINK", "DOWNLOAD_FAILED"];

    readonly SemaphoreSlim _turns = new(options.Concurrency);

    public override string Name => "scrapling-api";

    public override string? Obstacle => options.Address is null ? "no resolver is configured" : null;

    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        // A question may take minutes: waiting for a turn must not count as waiting for an answer.
        await _turns.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await AskAsync(url, options.Headful, cancellation).ConfigureAwait(false);
        }
        catch (TrawlException e) when (!options.Headful && IsWorthHeadful(e))
        {
            return await AskAsync(url, headful: true, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    static bool IsWorthHeadful(TrawlException e) =>
        e.Kind is FailureKind.Network or FailureKind.Timeout
        || (e.Detail is { } code && (WorthHeadful.Contains(code) || code.StartsWith("HTTP_5", StringComparison.Ordinal)));

    async Task<Video> AskAsync(VideoUrl url, bool headful, CancellationToken cancellation)
    {
        var request = new VisitRequest(new Uri(options.Address!, "tiktok/download"))
        {
            Method = HttpMethod.Post,
            Json = Question(url, headful),
            AnswerTimeout = options.Timeout,
            Follow = false,
            Repeat = false,
        };
        var (reply, body) = await network.Visit(Session.Desktop).GetPageAsync(request, cancellation).ConfigureAwait(false);
        using var document = ForeignJson.Parse(
            body,
            e =>
                reply.IsSuccess
                    ? new TrawlException(FailureKind.UpstreamError, "The resolver's answer is not JSON.", e) { Detail = "BAD_JSON" }
                    : Refusal(default, reply)
        );
        var answer = document.RootElement;
        if (reply.IsSuccess && answer.Text("status"u8) == "success")
            return ToVideo(answer, url);
        throw Refusal(answer, reply);
    }

    static byte[] Question(VideoUrl url, bool headful)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("url", url.Canonical.AbsoluteUri);
            writer.WriteBoolean("force_headful", headful);
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    Video ToVideo(JsonElement answer, VideoUrl url)
    {
        var info = answer.Get("video_info"u8);
        if (info.Text("id"u8) is { Length: > 0 } id && id != url.Id)
            throw new TrawlException(FailureKind.WrongContent, $"The resolver answered with another video than {url.Identity}.");
        var size = answer.Whole("file_size"u8);
        return new Video
        {
            Url = url,
            Id = url.Id!,
            Caption = info.Text("title"u8) ?? "",
            Author = new Author { Handle = info.Text("author"u8) },
            Duration = info.Seconds("duration"u8),
            Cover = Uri.TryCreate(info.Text("thumbnail_url"u8), UriKind.Absolute, out var cover) ? cover : null,
            ServiceTime = answer.Seconds("execution_time"u8),
            Raw = keepRaw ? answer.GetRawText() : null,
            PublishedAfter = TikTokUrl.TimeOf(url.Id!),
            Formats =
            [
                new MediaFormat
                {
                    Id = "resolver",
                    Addresses = [DownloadAddress(answer, url)],
                    Session = Session.Desktop,
                    Size = size > 0 ? size : null,
                },
            ],
        };
    }

    // A relative address is one of the service's own; anything else must be public.
    Uri DownloadAddress(JsonElement answer, VideoUrl url)
    {
        var text = answer.Text("download_url"u8);
        if (string.IsNullOrWhiteSpace(text) || !ForeignJson.IsWhole(text) || !Uri.TryCreate(options.Address, text, out var address))
            throw new TrawlException(FailureKind.UpstreamError, $"The resolver found no address for {url.Identity}.")
            {
                Detail = "NO_DOWNLOAD_LINK",
                ServiceTime = answer.Seconds("execution_time"u8),
            };
        network.Guard.Check(address);
        return address;
    }

    static TrawlException Refusal(JsonElement answer, VisitReply reply)
    {
        var status = (int)reply.Status;
        var code =
            answer.Text("error_code"u8) is { Length: > 0 and <= 40 } text && text.All(c => char.IsAsciiLetterUpper(c) || c == '_')
                ? text
                : $"HTTP_{status}";
        var kind = code switch
        {
            "INVALID_VIDEO" => FailureKind.Unavailable,
            _ when status == 429 => FailureKind.RateLimited,
            _ => FailureKind.UpstreamError,
        };
        return new TrawlException(kind, $"The resolver answered with status {status}, {code}.")
        {
            Detail = code,
            RetryAfter = reply.RetryAfter,
            ServiceTime = answer.Seconds("execution_time"u8),
        };
    }
}
