using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.App.Canary;

/// <summary>
/// Asks for known posts at each door of each strategy, slowly, whatever is known of the doors, and compares what they say with what they must say. So an
/// operator learns which door has closed, and what changed there, before those who crawl do.
/// </summary>
sealed class CanaryRound(TrawlClient trawl, CanaryHistory history, string captures, TimeSpan pause, TimeProvider time)
{
    readonly Dictionary<Source, string> _captures = [];

    /// <summary>Asks all.</summary>
    /// <param name="posts">The known posts.</param>
    /// <param name="seen">Is told of each answer.</param>
    /// <param name="cancellation">Stops it; what was seen is kept.</param>
    public async Task<CanaryReport> RunAsync(IReadOnlyList<KnownPost> posts, Action<Observation> seen, CancellationToken cancellation)
    {
        var (before, now) = (history.Read(), new List<Observation>());
        try
        {
            foreach (var post in posts)
            {
                var url = await trawl.Videos.FollowAsync(trawl.Platforms.Parse(post.Link), cancellation);
                foreach (var strategy in trawl.Platforms.ChainOf(url).Strategies.Where(s => s.Obstacle is null))
                foreach (var door in strategy.Doors.DefaultIfEmpty())
                {
                    if (now.Count > 0)
                        await Task.Delay(pause, time, cancellation);
                    var observation = await AskAsync(post, url, strategy, door, before, cancellation);
                    now.Add(observation);
                    seen(observation);
                }
            }
        }
        finally
        {
            history.Add(now);
        }
        var report = CanaryReport.Of(now, before, _captures);
        foreach (var state in report.States)
            TrawlMetrics.Door(state.Source.Platform, state.Source.Strategy, state.Source.Door, state.IsOpen);
        return report;
    }

    async Task<Observation> AskAsync(
        KnownPost post,
        VideoUrl url,
        Strategy strategy,
        Door? door,
        IReadOnlyList<Observation> before,
        CancellationToken cancellation
    )
    {
        var source = new Source(url.Platform, strategy.Name, door?.Name);
        var started = time.GetTimestamp();
        var observation = new Observation
        {
            At = time.GetUtcNow(),
            Source = source,
            Post = url.Identity,
        };
        DoorReply? reply = null;
        TrawlException? failure = null;
        try
        {
            if (door is not null)
            {
                reply = await trawl.AskAsync(door, url, cancellation);
                observation = observation with
                {
                    Status = (int)reply.Status,
                    Size = reply.Body.Length,
                    Headers = [.. reply.Headers.Select(h => h.Key.ToLowerInvariant()).Order(StringComparer.Ordinal)],
                };
            }
            var video = reply is null ? await strategy.ResolveAsync(url, trawl.Options.Format, cancellation) : door!.Read(reply, url);
            observation = observation with { Fields = KnownPost.FieldsOf(video) };
            var must = post.Must.Count > 0 ? post.Must : FirstSaid(source, url, before);
            if (Difference.Against(must, observation.Fields).ToList() is [_, ..] wrong)
                failure = new TrawlException(FailureKind.WrongContent, $"It says other things than it must: {string.Join(", ", wrong)}.");
        }
        catch (TrawlException e) when (e.Kind != FailureKind.Canceled)
        {
            failure = e;
        }
        if (reply is not null && failure is not null)
            _captures.TryAdd(source, Capture.Write(captures, source, url, reply, failure, time.GetUtcNow()));
        observation = observation with { Failure = failure?.Kind, Reason = failure?.Message, Elapsed = time.GetElapsedTime(started) };
        if (reply is not null && (failure is null || DoorBook.IsRefusal(failure.Kind)))
            Note(url, observation, reply.Way);
        return observation;
    }

    // those who crawl learn of it
    void Note(VideoUrl url, Observation seen, string way)
    {
        trawl.Sites.Doors.Record(url.Platform, way, seen.Source.Door!, seen.Failure, seen.At);
        foreach (var observer in trawl.Options.Observers)
            observer.Ended(
                new AttemptRecord(seen.At, url.Platform, seen.Source.Strategy, seen.Post, seen.Failure, seen.Elapsed)
                {
                    Door = seen.Source.Door,
                    Way = way,
                    OfDoor = true,
                }
            );
    }

    // what never changes, as any source said it first
    static Dictionary<string, string> FirstSaid(Source source, VideoUrl url, IReadOnlyList<Observation> before)
    {
        string[] lasting = ["author", "kind", "published", "duration"];
        var own = before.FirstOrDefault(o => o.Source == source && o.Post == url.Identity && o.IsOpen);
        return own is null ? [] : own.Fields.Where(f => lasting.Contains(f.Key)).ToDictionary();
    }
}
