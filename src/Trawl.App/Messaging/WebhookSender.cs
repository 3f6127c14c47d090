using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Messaging;

/// <summary>
/// Tells events by HTTP, signed as Standard Webhooks has it. Each is tried for three days, ever more rarely; one who does not answer holds up nobody
/// else. Any number of workers may do so at a time.
/// </summary>
sealed partial class WebhookSender(Webhooks webhooks, Network network, WakeSignal owed, TimeSpan look, TimeProvider time, ILogger logger)
{
    const int AtOnce = 4;
    const int LargestBody = 20_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // after the first, the second ... attempt that failed
    static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    readonly PollingLoop _loop = new(look, time, logger);

    /// <summary>Tells until it is stopped.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        TaskGroup.RunAsync(
            cancellation,
            Enumerable.Repeat<Func<CancellationToken, Task>>(token => _loop.RunAsync(owed, TellNextAsync, token), AtOnce)
        );

    /// <summary>Tells what is due now.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (await TellNextAsync(cancellation))
        {
            // there may be more
        }
    }

    async Task<bool> TellNextAsync(CancellationToken cancellation)
    {
        if (await webhooks.TakeAsync(cancellation) is not { } delivery)
            return false;
        var (status, error, wait) = await TellAsync(delivery, cancellation);
        if (status == (int)HttpStatusCode.Gone)
        {
            await webhooks.DisableAsync(delivery.Address, "It said that it is gone (410).", cancellation);
            LogGone(logger, new Uri(delivery.Address).Masked());
        }
        var pause = delivery.Attempts <= Pauses.Length ? Pauses[delivery.Attempts - 1] : (TimeSpan?)null;
        await webhooks.NoteAsync(
            delivery,
            status,
            error,
            pause is null || wait is null || wait < pause ? Jittered(delivery, pause) : wait,
            cancellation
        );
        if (error is not null)
            LogFailed(logger, delivery.EventId, new Uri(delivery.Address).Masked(), error);
        return true;
    }

    async Task<(int? Status, string? Error, TimeSpan? Wait)> TellAsync(Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            var body = BodyOf(delivery);
            var request = new VisitRequest(new Uri(delivery.Address))
            {
                Method = HttpMethod.Post,
                Json = body,
                Headers = Signed(webhooks.Open(delivery), body, time.GetUtcNow()),
                AnswerTimeout = Patience,
                Follow = false,
                Repeat = false,
            };
            await using var reply = await network.Visit(new Session { UserAgent = "Trawl" }).OpenAsync(request, cancellation);
            return reply.IsSuccess
                ? ((int)reply.Status, null, null)
                : ((int)reply.Status, $"It answered with status {(int)reply.Status}.", reply.RetryAfter);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return (null, Defects.Known(e, logger).Message, null);
        }
    }

    /// <summary>What is sent: the topic, when it became true, and the body others get. What would be too large loses its list of videos.</summary>
    static byte[] BodyOf(Delivery delivery)
    {
        var data = JsonNode.Parse(delivery.Body)!.AsObject(); // our own
        var envelope = new JsonObject
        {
            ["type"] = delivery.Topic,
            ["timestamp"] = DateTimeOffset
                .FromUnixTimeMilliseconds((long)(delivery.CreatedAt * 1000))
                .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["data"] = data,
        };
        var body = Encoding.UTF8.GetBytes(envelope.ToJsonString());
        return body.Length > LargestBody && data.Remove("videos") ? Encoding.UTF8.GetBytes(envelope.ToJsonString()) : body;
    }

    static Dictionary<string, string> Signed(Delivery delivery, byte[] body, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{delivery.EventId}.{seconds}."), .. body];
        var signatures = new[] { delivery.Secret, delivery.OldSecret }
            .OfType<string>()
            .Select(s => "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(s["whsec_".Length..]), signed)));
        return new(StringComparer.OrdinalIgnoreCase)
        {
            ["webhook-id"] = delivery.EventId,
            ["webhook-timestamp"] = seconds,
            ["webhook-signature"] = string.Join(' ', signatures),
        };
    }

    // not all that failed together come back together
    static TimeSpan? Jittered(Delivery delivery, TimeSpan? pause)
    {
        var chance = new Random(Guid.Parse(delivery.EventId).GetHashCode() ^ delivery.Attempts);
        return pause * (0.9 + (0.2 * chance.NextDouble()));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Event} did not reach {Address}: {Reason}")]
    static partial void LogFailed(ILogger logger, string @event, string address, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} said that it is gone, and is told no more")]
    static partial void LogGone(ILogger logger, string address);
}
