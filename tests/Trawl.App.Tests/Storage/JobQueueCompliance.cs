using Trawl.App.Crawls;
using Trawl.App.Messaging;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Storage;

/// <summary>What jobs, catalog and outbox promise, whatever database keeps them.</summary>
public abstract class JobQueueCompliance : IAsyncLifetime
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    Database _database = null!;

    JobQueue Queue { get; set; } = null!;

    JobDesk Desk => new(_database);

    CrawlRecord Record { get; set; } = null!;

    static DiskStore Store => new("/", new OutputTemplate("%(id)s.%(ext)s"), TimeProvider.System);

    protected abstract Task<string> NewDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        _database = Database.At(await NewDatabaseAsync());
        await Migrations.ApplyAsync(_database, None);
        Queue = new JobQueue(_database, TimeSpan.FromMinutes(1));
        Record = new CrawlRecord(_database, Store, omitEmptyBatch: false, new Pulse(), TimeProvider.System);
    }

    public virtual ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Tables_are_made_once() => (await Migrations.ApplyAsync(_database, None)).ShouldBe(0);

    [Fact]
    public async Task A_job_is_taken_by_one()
    {
        await Queue.SubmitAsync(Order("a"), "c", None);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Queue.ClaimJobAsync(None)));

        taken.OfType<ClaimedJob>().ShouldHaveSingleItem().CorrelationId.ShouldBe("c");
    }

    [Fact]
    public async Task Many_take_many_videos_and_no_two_the_same()
    {
        await FoundAsync("a", 60);

        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    var mine = new List<string>();
                    while (await Queue.ClaimItemAsync("tiktok", None) is { } item)
                        mine.Add(item.VideoId);
                    return mine;
                })
        );

        var all = taken.SelectMany(t => t).ToList();
        all.Count.ShouldBe(60);
        all.Distinct().Count().ShouldBe(60);
    }

    [Fact]
    public async Task Videos_are_taken_in_the_order_they_were_found_and_each_stands_once()
    {
        var job = await FoundAsync("a", 3);
        await Queue.AddAsync(job, [Hit(2), Hit(3)], None);

        var taken = new List<string>();
        while (await Queue.ClaimItemAsync("tiktok", None) is { } item)
            taken.Add(item.VideoId);

        taken.ShouldBe(["0", "1", "2", "3"]);
    }

    [Fact]
    public async Task What_a_dead_worker_held_is_taken_again_and_his_late_word_does_not_count()
    {
        var quick = new JobQueue(_database, TimeSpan.FromMilliseconds(1));
        await FoundAsync("a", 1);
        var late = (await quick.ClaimItemAsync("tiktok", None))!;
        ClaimedItem? second = null;
        while (second is null)
            second = await Queue.ClaimItemAsync("tiktok", None);

        (await Record.SaveAsync(late, Done(late), None)).ShouldBeFalse();
        (await quick.RenewAsync(late, None)).ShouldBeFalse();
        (await Record.SaveAsync(second, Done(second), None)).ShouldBeTrue();

        second.Attempts.ShouldBe(2);
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.KeyframesReady]);
    }

    [Fact]
    public async Task A_job_ends_once_when_nothing_is_left_and_says_so_last()
    {
        var job = await FoundAsync("a", 2);
        var items = new[] { (await Queue.ClaimItemAsync("tiktok", None))!, (await Queue.ClaimItemAsync("tiktok", None))! };
        await Record.SaveAsync(items[0], Done(items[0]), None);
        await Record.EndAsync("a", None);
        await Queue.SearchedAsync(job, null, None);
        await Record.EndAsync("a", None);
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.KeyframesReady]);

        await Queue.FailAsync(items[1], new TrawlException(FailureKind.Gone, "gone"), None);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Record.EndAsync("a", None)));

        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.Batch, Messages.Completed]);
        (await Desk.StatusAsync("a", None)).ShouldHaveSingleItem().State.ShouldBe("done");
    }

    [Fact]
    public async Task What_may_pass_is_tried_three_times_and_what_may_not_once()
    {
        await FoundAsync("a", 2);
        var (passing, final) = ((await Queue.ClaimItemAsync("tiktok", None))!, (await Queue.ClaimItemAsync("tiktok", None))!);
        await Queue.FailAsync(final, new TrawlException(FailureKind.Gone, "gone"), None);
        for (var i = 1; i <= 3; i++)
        {
            passing.Attempts.ShouldBe(i);
            await Queue.FailAsync(passing, new TrawlException(FailureKind.RateLimited, "later") { RetryAfter = TimeSpan.Zero }, None);
            var next = await Queue.ClaimItemAsync("tiktok", None);
            if (i < 3)
                passing = next.ShouldNotBeNull();
            else
                next.ShouldBeNull();
        }

        (await Desk.ItemsAsync("a", None)).Select(i => (i.State, i.ErrorKind)).ShouldBe([("failed", "rate-limited"), ("failed", "gone")]);
    }

    [Fact]
    public async Task A_job_that_was_given_up_takes_no_more_words()
    {
        await FoundAsync("a", 2);
        var item = (await Queue.ClaimItemAsync("tiktok", None))!;

        (await Record.CancelAsync("a", "c", None)).ShouldBeTrue();

        (await Record.CancelAsync("a", "c", None)).ShouldBeFalse();
        (await Queue.ClaimItemAsync("tiktok", None)).ShouldBeNull();
        (await Queue.RenewAsync(item, None)).ShouldBeFalse();
        (await Record.SaveAsync(item, Done(item), None)).ShouldBeFalse();
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.CancelAck]);
    }

    [Fact]
    public async Task A_job_that_rests_is_left_alone_and_then_gone_on_with()
    {
        var job = await FoundAsync("a", 2);
        var item = (await Queue.ClaimItemAsync("tiktok", None))!;

        (await Desk.PauseAsync("a", None)).ShouldBeTrue();

        (await Desk.PauseAsync("a", None)).ShouldBeFalse();
        (await Queue.ClaimItemAsync("tiktok", None)).ShouldBeNull();
        (await Queue.RenewAsync(item, None)).ShouldBeFalse();
        (await Queue.RenewAsync(job, None)).ShouldBeFalse();
        (await Record.SaveAsync(item, Done(item), None)).ShouldBeFalse();
        (await Desk.ResumeAsync("a", None)).ShouldBeTrue();
        (await Queue.ClaimJobAsync(None))!.Token.ShouldBeGreaterThan(job.Token, "the search was not over");
        (await Queue.ClaimItemAsync("tiktok", None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Of_two_jobs_the_one_of_higher_priority_comes_first()
    {
        await Queue.SubmitAsync(Order("a"), "a", None);
        await Queue.SubmitAsync(Order("b"), "b", None);

        (await Desk.PrioritizeAsync("b", 5, None)).ShouldBeTrue();

        (await Desk.PrioritizeAsync("c", 5, None)).ShouldBeFalse();
        (await Queue.ClaimJobAsync(None))!.JobId.ShouldBe("b");
    }

    [Fact]
    public async Task What_failed_is_tried_again_when_somebody_asks_for_it()
    {
        var job = await FoundAsync("a", 2);
        foreach (var item in new[] { (await Queue.ClaimItemAsync("tiktok", None))!, (await Queue.ClaimItemAsync("tiktok", None))! })
            if (item.VideoId == "0")
                await Record.SaveAsync(item, Done(item), None);
            else
                await Queue.FailAsync(item, new TrawlException(FailureKind.Gone, "gone"), None);
        await Queue.SearchedAsync(job, null, None);
        await Record.EndAsync("a", None);

        (await Desk.RetryAsync("a", None)).ShouldBeTrue();

        (await Queue.ClaimItemAsync("tiktok", None))!.VideoId.ShouldBe("1");
        (await Queue.ClaimItemAsync("tiktok", None)).ShouldBeNull("what is done stays");
        (await Queue.ClaimJobAsync(None)).ShouldBeNull("it has been searched for");
        (await Desk.RetryAsync("a", None)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_left_out_is_neither_done_nor_failed_and_keeps_no_job_open()
    {
        var job = await FoundAsync("a", 1);
        var item = (await Queue.ClaimItemAsync("tiktok", None))!;

        (await Queue.SkipAsync(item, "500 s long", None)).ShouldBeTrue();

        await Queue.SearchedAsync(job, null, None);
        await Record.EndAsync("a", None);
        var status = (await Desk.StatusAsync("a", None)).ShouldHaveSingleItem();
        (status.State, status.Done, status.Failed, status.Skipped).ShouldBe(("done", 0, 0, 1));
        (await Desk.ItemsAsync("a", None))[0].Error.ShouldBe("500 s long");
    }

    [Fact]
    public async Task The_same_order_again_is_nothing_new_until_it_has_ended()
    {
        var job = await FoundAsync("a", 1);

        (await Queue.SubmitAsync(Order("a"), "c", None)).ShouldBeFalse();
        await Queue.SearchedAsync(job, null, None);
        var item = (await Queue.ClaimItemAsync("tiktok", None))!;
        await Record.SaveAsync(item, Done(item), None);
        await Record.EndAsync("a", None);

        (await Queue.SubmitAsync(Order("a"), "again", None)).ShouldBeTrue();
        (await Queue.ClaimJobAsync(None))!.CorrelationId.ShouldBe("again");
        (await Queue.ClaimItemAsync("tiktok", None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Events_are_sent_in_order_until_they_have_arrived()
    {
        await FoundAsync("a", 3);
        while (await Queue.ClaimItemAsync("tiktok", None) is { } item)
            await Record.SaveAsync(item, Done(item), None);
        var outbox = new Outbox(_database);
        var sent = new List<string>();

        await Should.ThrowAsync<TrawlException>(() =>
            outbox.SendAsync(
                10,
                (owed, _) =>
                {
                    sent.Add(owed.EventId);
                    return sent.Count == 2 ? throw new TrawlException(FailureKind.ServiceUnavailable, "away") : Task.CompletedTask;
                },
                None
            )
        );
        var again = await OwedAsync();

        again.Count.ShouldBe(3);
        again.Take(2).Select(e => e.EventId).ShouldBe(sent, "an event keeps its name");
        (await OwedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_told_is_told_again_when_somebody_asks_for_it()
    {
        await FoundAsync("a", 2);
        while (await Queue.ClaimItemAsync("tiktok", None) is { } item)
            await Record.SaveAsync(item, Done(item), None);
        var outbox = new Outbox(_database);
        var first = await OwedAsync();

        (await outbox.ListAsync("a", unsent: true, 10, None)).ShouldBeEmpty();
        (await outbox.ListAsync("a", unsent: false, 10, None))
            .Select(e => (e.EventId, e.IsSent))
            .ShouldBe([.. first.Reverse().Select(e => (e.EventId, true))]);
        (await outbox.OweAgainAsync(first[0].EventId, None)).ShouldBe(1);
        (await OwedAsync()).Select(e => e.EventId).ShouldBe([first[0].EventId]);
        (await outbox.OweAgainAsync("a", None)).ShouldBe(2);
        (await outbox.OweAgainAsync("nobody", None)).ShouldBe(0);
    }

    [Fact]
    public async Task Each_event_is_owed_to_everybody_who_wants_to_be_told_and_taken_by_one()
    {
        var webhooks = new Webhooks(_database);
        var (here, there) = (new Uri("https://here.test/"), new Uri("https://there.test/"));
        (await webhooks.AddAsync(here, None)).ShouldStartWith("whsec_");
        (await webhooks.AddAsync(there, None)).ShouldNotBeNull();
        (await webhooks.AddAsync(there, None)).ShouldBeNull();
        await webhooks.DisableAsync(there.AbsoluteUri, "gone", None);
        await FoundAsync("a", 20);
        while (await Queue.ClaimItemAsync("tiktok", None) is { } item)
            await Record.SaveAsync(item, Done(item), None);

        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    var mine = new List<Delivery>();
                    while (await webhooks.TakeAsync(None) is { } delivery)
                        mine.Add(delivery);
                    return mine;
                })
        );
        var all = taken.SelectMany(t => t).ToList();

        all.Select(d => d.EventId).Distinct().Count().ShouldBe(20);
        all.Count.ShouldBe(20);
        all.ShouldAllBe(d => d.Address == here.AbsoluteUri && d.Attempts == 1 && d.CreatedAt > 1_700_000_000);
        await webhooks.NoteAsync(all[0], 500, "busy", TimeSpan.Zero, None);
        var again = (await webhooks.TakeAsync(None)).ShouldNotBeNull();
        (again.EventId, again.Attempts).ShouldBe((all[0].EventId, 2));
        await webhooks.NoteAsync(all[0], 200, null, null, None); // a late word
        await webhooks.NoteAsync(again, null, "never", null, None);
        (await webhooks.ListAsync(None)).Select(w => (w.Due, w.Failed)).ShouldBe([(19, 1), (0, 0)]);
        (await webhooks.EnableAsync(here, None)).ShouldBeTrue();
        (await webhooks.TakeAsync(None))!.EventId.ShouldBe(all[0].EventId);
        (await webhooks.RemoveAsync(here, None)).ShouldBeTrue();
        (await webhooks.TakeAsync(None)).ShouldBeNull();
    }

    [Fact]
    public async Task Several_keep_the_pace_of_a_host_together()
    {
        PaceBook[] books = [new(_database, "a"), new(_database, "a"), new(_database, "b")];
        var pace = new HostPace(TimeSpan.FromSeconds(10), Burst: 2);

        var waits = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => books[i % 2].TakeAsync("www.tiktok.com", pace, None).AsTask()));
        var other = await books[2].TakeAsync("www.tiktok.com", pace, None);
        await books[0].SilenceAsync("www.tiktok.com", TimeSpan.FromSeconds(200), None);
        var silent = await books[1].TakeAsync("www.tiktok.com", pace, None);

        waits.Order().Select(w => (int)Math.Round(w.TotalSeconds / 10)).ShouldBe([0, 0, 1, 2, 3, 4], "two at once, the others one in 10 s");
        other.ShouldBe(TimeSpan.Zero, "it goes out another way");
        silent.TotalSeconds.ShouldBeInRange(190, 200);
        await books[0].SilenceAsync("www.tiktok.com", TimeSpan.FromHours(1), None);
        var refused = await Should.ThrowAsync<TrawlException>(() => books[0].TakeAsync("www.tiktok.com", pace, None).AsTask());
        (refused.Kind, refused.RetryAfter > TimeSpan.FromMinutes(50)).ShouldBe((FailureKind.RateLimited, true));
    }

    [Fact]
    public async Task A_video_of_two_jobs_stands_once_and_another_platforms_id_is_refused()
    {
        await FoundAsync("a", 1);
        var first = (await Queue.ClaimItemAsync("tiktok", None))!;
        await Record.SaveAsync(first, Done(first), None);
        await FoundAsync("b", 1);
        var second = (await Queue.ClaimItemAsync("tiktok", None))!;

        (await Record.KnownAsync(second, None)).ShouldBeNull("its pictures are not there any more");
        await Record.SaveAsync(second, Done(second), None);

        var clash = second with { Platform = "youtube" };
        (await Should.ThrowAsync<TrawlException>(() => Record.SaveAsync(clash, Done(clash), None))).Kind.ShouldBe(FailureKind.WrongContent);
    }

    static CrawlOrder Order(string job) =>
        new(job, "toys", new Dictionary<string, IReadOnlyList<string>> { ["vi"] = ["cat"] }, ["tiktok"], 30);

    static Found Hit(int number) => new("tiktok", $"{number}", new Uri($"https://www.tiktok.com/@u/video/{number}"), $"title {number}");

    static VideoDone Done(ClaimedItem item) =>
        new(
            $"/videos/{item.VideoId}.mp4",
            "title",
            5,
            [
                new CatalogFrame
                {
                    FrameId = $"{item.VideoId}_frame_0",
                    Ts = 1.5,
                    LocalPath = $"/keyframes/{item.VideoId}/frame_1_50s.jpg",
                },
            ]
        );

    async Task<ClaimedJob> FoundAsync(string job, int count)
    {
        await Queue.SubmitAsync(Order(job), job, None);
        var claimed = (await Queue.ClaimJobAsync(None))!;
        await Queue.AddAsync(claimed, [.. Enumerable.Range(0, count).Select(Hit)], None);
        return claimed;
    }

    async Task<IReadOnlyList<OutboxEvent>> OwedAsync()
    {
        var owed = new List<OutboxEvent>();
        await new Outbox(_database).SendAsync(
            100,
            (e, _) =>
            {
                owed.Add(e);
                return Task.CompletedTask;
            },
            None
        );
        return owed;
    }
}

public sealed class SqliteJobQueueTests : JobQueueCompliance
{
    readonly TempFolder _folder = new();

    protected override Task<string> NewDatabaseAsync() => Task.FromResult(_folder.File("trawl.db"));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[Collection(ServersCollection.Name)]
public sealed class PostgresJobQueueTests(ServersFixture servers) : JobQueueCompliance
{
    protected override Task<string> NewDatabaseAsync() => servers.Postgres.NewDatabaseAsync();
}
