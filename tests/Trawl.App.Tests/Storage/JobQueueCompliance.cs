using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Storage;

/// <summary>What jobs, catalog and outbox promise, whatever database keeps them.</summary>
public abstract class JobQueueCompliance : IAsyncLifetime
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    Database _database = null!;

    string Place { get; set; } = null!;

    JobQueue Queue { get; set; } = null!;

    ItemQueue Items { get; set; } = null!;

    JobDesk Desk => new(_database);

    CrawlRecord Record { get; set; } = null!;

    static DiskStore Store => new("/", new OutputTemplate("%(id)s.%(ext)s"), TimeProvider.System);

    protected abstract Task<string> NewDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        Place = await NewDatabaseAsync();
        _database = Database.At(Place);
        await Migrations.ApplyAsync(_database, None);
        Queue = new JobQueue(_database, TimeSpan.FromMinutes(1));
        Items = new ItemQueue(_database, TimeSpan.FromMinutes(1));
        Record = new CrawlRecord(_database, Store, omitEmptyBatch: false, TimeProvider.System);
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
                    while (await ClaimAsync() is { } item)
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
        while (await ClaimAsync() is { } item)
            taken.Add(item.VideoId);

        taken.ShouldBe(["0", "1", "2", "3"]);
    }

    [Fact]
    public async Task What_a_dead_worker_held_is_taken_again_and_his_late_word_does_not_count()
    {
        var quick = new ItemQueue(_database, TimeSpan.FromMilliseconds(1));
        await FoundAsync("a", 1);
        var late = (await ClaimAsync(quick))!;
        var second = await LostAsync(Items);

        (await Record.SaveAsync(late, Done(late), None)).ShouldBeFalse();
        (await quick.RenewAsync(late, None)).ShouldBeFalse();
        (await Record.SaveAsync(second, Done(second), None)).ShouldBeTrue();

        (second.Attempts, second.Lost).ShouldBe((1, 1), "it failed at nothing");
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.KeyframesReady]);
    }

    [Fact]
    public async Task A_job_ends_once_when_nothing_is_left_and_says_so_last()
    {
        var job = await FoundAsync("a", 2);
        var items = new[] { (await ClaimAsync())!, (await ClaimAsync())! };
        await Record.SaveAsync(items[0], Done(items[0]), None);
        await Record.EndAsync("a", None);
        await Queue.SearchedAsync(job, null, null, None);
        await Record.EndAsync("a", None);
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.KeyframesReady]);

        await Items.FailAsync(items[1], new TrawlException(FailureKind.Gone, "gone"), None);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Record.EndAsync("a", None)));

        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.Batch, Messages.Completed]);
        (await Desk.StatusAsync("a", None)).ShouldHaveSingleItem().State.ShouldBe("done");
    }

    [Fact]
    public async Task What_may_pass_is_tried_three_times_and_what_may_not_once()
    {
        await FoundAsync("a", 2);
        var (passing, final) = ((await ClaimAsync())!, (await ClaimAsync())!);
        await Items.FailAsync(final, new TrawlException(FailureKind.Gone, "gone"), None);
        for (var i = 1; i <= 3; i++)
        {
            passing.Attempts.ShouldBe(i);
            await Items.FailAsync(passing, new TrawlException(FailureKind.RateLimited, "later") { RetryAfter = TimeSpan.Zero }, None);
            var next = await ClaimAsync();
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
        var item = (await ClaimAsync())!;

        (await Record.CancelAsync("a", "c", None)).ShouldBeTrue();

        (await Record.CancelAsync("a", "c", None)).ShouldBeFalse();
        (await ClaimAsync()).ShouldBeNull();
        (await Items.RenewAsync(item, None)).ShouldBeFalse();
        (await Record.SaveAsync(item, Done(item), None)).ShouldBeFalse();
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.CancelAck]);
    }

    [Fact]
    public async Task A_job_that_rests_is_left_alone_and_then_gone_on_with()
    {
        var job = await FoundAsync("a", 2);
        var item = (await ClaimAsync())!;

        (await Desk.PauseAsync("a", None)).ShouldBeTrue();

        (await Desk.PauseAsync("a", None)).ShouldBeFalse();
        (await ClaimAsync()).ShouldBeNull();
        (await Items.RenewAsync(item, None)).ShouldBeFalse();
        (await Queue.RenewAsync(job, None)).ShouldBeFalse();
        (await Record.SaveAsync(item, Done(item), None)).ShouldBeFalse();
        (await Desk.ResumeAsync("a", None)).ShouldBeTrue();
        (await Queue.ClaimJobAsync(None))!.Token.ShouldBeGreaterThan(job.Token, "the search was not over");
        (await ClaimAsync()).ShouldNotBeNull();
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
        foreach (var item in new[] { (await ClaimAsync())!, (await ClaimAsync())! })
            if (item.VideoId == "0")
                await Record.SaveAsync(item, Done(item), None);
            else
                await Items.FailAsync(item, new TrawlException(FailureKind.Gone, "gone"), None);
        await Queue.SearchedAsync(job, null, null, None);
        await Record.EndAsync("a", None);

        (await Desk.RetryAsync("a", None)).ShouldBeTrue();

        (await ClaimAsync())!.VideoId.ShouldBe("1");
        (await ClaimAsync()).ShouldBeNull("what is done stays");
        (await Queue.ClaimJobAsync(None)).ShouldBeNull("it has been searched for");
        (await Desk.RetryAsync("a", None)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_left_out_is_neither_done_nor_failed_and_keeps_no_job_open()
    {
        var job = await FoundAsync("a", 1);
        var item = (await ClaimAsync())!;

        (await Items.SkipAsync(item, "500 s long", None)).ShouldBeTrue();

        await Queue.SearchedAsync(job, null, null, None);
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
        await Queue.SearchedAsync(job, null, null, None);
        var item = (await ClaimAsync())!;
        await Record.SaveAsync(item, Done(item), None);
        await Record.EndAsync("a", None);

        (await Queue.SubmitAsync(Order("a"), "again", None)).ShouldBeTrue();
        (await Queue.ClaimJobAsync(None))!.CorrelationId.ShouldBe("again");
        (await ClaimAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Events_are_sent_in_order_until_they_have_arrived()
    {
        await FoundAsync("a", 3);
        while (await ClaimAsync() is { } item)
            await Record.SaveAsync(item, Done(item), None);
        var transport = new Postbox { Refuses = 2 };
        await using var publisher = Publisher(transport);

        (await Should.ThrowAsync<TrawlException>(() => publisher.FlushAsync(None))).Kind.ShouldBe(FailureKind.ServiceUnavailable);
        transport.Arrived.Count.ShouldBe(1);
        transport.Refuses = null;
        await publisher.FlushAsync(None);

        transport.Arrived.Select(e => e.Seq).ShouldBeInOrder();
        transport.Arrived.Select(e => e.EventId).Distinct().Count().ShouldBe(3, "each is marked when it has arrived");
        transport.Arrived.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Only_the_events_that_arrived_are_marked_and_none_between_them()
    {
        await FoundAsync("a", 3);
        while (await ClaimAsync() is { } item)
            await Record.SaveAsync(item, Done(item), None);
        var outbox = new Outbox(_database);
        var events = await outbox.UnsentAsync(10, None);

        // numbers are given before a transaction is committed: the second one's came after the others were read
        await outbox.MarkAsync([events[0], events[2]], None);

        (await OwedAsync()).ShouldHaveSingleItem().EventId.ShouldBe(events[1].EventId);
    }

    [Fact]
    public async Task One_worker_sends_and_another_one_when_that_has_gone()
    {
        await FoundAsync("a", 1);
        var item = (await ClaimAsync())!;
        await Record.SaveAsync(item, Done(item), None);
        var turn = (await _database.TryLockAsync("outbox", None)).ShouldNotBeNull();
        await using var other = Database.At(Place);

        (await other.TryLockAsync("outbox", None)).ShouldBeNull();
        await turn.DisposeAsync();

        await using var next = await other.TryLockAsync("outbox", None);
        (await next.ShouldNotBeNull().IsHeldAsync(None)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_has_ended_three_workers_is_given_up_and_its_job_ends()
    {
        var quick = new ItemQueue(_database, TimeSpan.Zero);
        var job = await FoundAsync("a", 1);
        await Queue.SearchedAsync(job, null, null, None);
        (await ClaimAsync(quick)).ShouldNotBeNull();
        (await LostAsync(quick)).Lost.ShouldBe(1);
        (await LostAsync(quick)).Lost.ShouldBe(2);

        while (await quick.ReleaseLostAsync(None) is not (0, 1))
        {
            // the lease ends with the next tick of the database's clock
        }

        (await quick.ClaimSuspectAsync("tiktok", None)).ShouldBeNull();
        var item = (await Desk.ItemsAsync("a", None)).ShouldHaveSingleItem();
        (item.State, item.ErrorKind).ShouldBe(("failed", "worker-lost"));
        (await Queue.EndedAsync(None)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_ended_a_worker_is_nobodys_until_it_is_taken_alone_the_one_that_ended_fewest_first()
    {
        var quick = new ItemQueue(_database, TimeSpan.Zero);
        await FoundAsync("a", 3);
        (await quick.ClaimItemsAsync("tiktok", 2, null, None)).Count.ShouldBe(2);
        var worse = await LostAsync(quick);

        while ((await quick.ReleaseLostAsync(None)).Suspects == 0)
        {
            // as above
        }

        (await ClaimAsync())!.VideoId.ShouldBe("2", "it never was anybody's");
        (await ClaimAsync()).ShouldBeNull();
        (await Items.DueAsync(None)).ShouldHaveSingleItem().HasSuspects.ShouldBeTrue();
        var better = (await Items.ClaimSuspectAsync("tiktok", None))!;
        (better.VideoId == worse.VideoId, better.Lost).ShouldBe((false, 1));
        (await Items.ClaimSuspectAsync("tiktok", None))!.Lost.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_tried_again_by_hand_is_under_no_suspicion()
    {
        var quick = new ItemQueue(_database, TimeSpan.Zero);
        var job = await FoundAsync("a", 1);
        await ClaimAsync(quick);
        await Queue.SearchedAsync(job, null, null, None);
        await Items.FailAsync(await LostAsync(Items), new TrawlException(FailureKind.Gone, "gone"), None);
        await Record.EndAsync("a", None);

        (await Desk.RetryAsync("a", None)).ShouldBeTrue();

        (await ClaimAsync()).ShouldNotBeNull().Lost.ShouldBe(0);
    }

    [Fact]
    public async Task A_search_that_has_ended_three_workers_is_given_up_and_its_job_ends()
    {
        var quick = new JobQueue(_database, TimeSpan.Zero);
        await quick.SubmitAsync(Order("a"), "a", None);
        for (var i = 1; i <= 3; i++)
            (await ClaimAgainAsync(() => quick.ClaimJobAsync(None))).Attempts.ShouldBe(i);

        (await quick.ClaimJobAsync(None)).ShouldBeNull();
        (await quick.GiveUpSearchesAsync(None)).ShouldBe(1);
        foreach (var job in await quick.EndedAsync(None))
            await Record.EndAsync(job, None);

        var status = (await Desk.StatusAsync("a", None)).ShouldHaveSingleItem();
        (status.State, status.ErrorKinds).ShouldBe(("done", "worker-lost"));
        (await OwedAsync()).Select(e => e.Topic).ShouldBe([Messages.Completed]);
    }

    [Fact]
    public async Task What_waits_for_others_costs_no_attempt_however_often_that_happens()
    {
        await FoundAsync("a", 1);

        for (var i = 0; i < 30; i++)
            (await Items.PutBackAsync((await ClaimAsync()).ShouldNotBeNull(), None)).ShouldBeTrue();

        (await ClaimAsync())!.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_short_job_does_not_wait_for_all_of_a_long_one()
    {
        await FoundAsync("long", 50);
        await FoundAsync("short", 3);
        var order = new List<string>();
        string? before = null;

        while (order.Count(j => j == "short") < 3)
        {
            var item = (await Items.ClaimItemsAsync("tiktok", 1, before, None)).ShouldHaveSingleItem();
            order.Add(before = item.JobId);
            await Items.SkipAsync(item, "done", None);
        }

        order.Count.ShouldBe(6, "they take turns");
    }

    [Fact]
    public async Task The_job_that_has_fewest_videos_under_way_comes_first()
    {
        await FoundAsync("long", 50);
        (await Items.ClaimItemsAsync("tiktok", 4, null, None)).Count.ShouldBe(4);
        await FoundAsync("short", 3);

        var next = await Items.ClaimItemsAsync("tiktok", 3, null, None);

        next.Select(i => i.JobId).ShouldBe(["short", "short", "short"]);
    }

    [Fact]
    public async Task When_the_next_video_is_due_is_known_without_claiming_it()
    {
        await FoundAsync("a", 2);
        (await Items.DueAsync(None)).ShouldHaveSingleItem().Seconds.ShouldBeLessThanOrEqualTo(0);

        foreach (var item in await Items.ClaimItemsAsync("tiktok", 2, null, None))
            await Items.PutBackAsync(item, TimeSpan.FromSeconds(100), None);

        (await Items.DueAsync(None)).ShouldHaveSingleItem().Seconds.ShouldBeInRange(50, 100);
    }

    [Fact]
    public async Task A_new_job_wakes_those_who_wait_for_one()
    {
        await using var other = Database.At(Place);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(None);
        var began = _database.Changes[Topic.Messages].Next;
        var listening = _database.ListenAsync(TimeProvider.System, NullLogger.Instance, stop.Token);
        // SQLite tells nobody outside of the process
        var sender = _database.IsShared ? new JobQueue(other, TimeSpan.FromMinutes(1)) : Queue;
        if (_database.IsShared)
            await began.WaitAsync(TimeSpan.FromSeconds(30), None);
        var woken = _database.Changes[Topic.Jobs].Next;

        await sender.SubmitAsync(Order("a"), "a", None);

        await woken.WaitAsync(TimeSpan.FromSeconds(30), None);
        await stop.CancelAsync();
        await listening;
    }

    [Fact]
    public async Task Foreign_text_of_any_sort_is_kept()
    {
        var job = await FoundAsync("a", 0);
        using var title = ForeignJson.TryParse("""{"t": "a\u0000b \ud83d c"}""")!;
        await Queue.AddAsync(job, [Hit(1) with { Title = title.RootElement.String("t"u8)! }], None);
        var item = (await ClaimAsync())!;

        await Items.FailAsync(item, new TrawlException(FailureKind.Gone, "it said \0"), None);

        item.Title.ShouldBe("a\uFFFDb \uFFFD c");
        (await Desk.ItemsAsync("a", None))[0].Error.ShouldBe("it said \uFFFD");
    }

    [Fact]
    public async Task What_was_told_is_told_again_when_somebody_asks_for_it()
    {
        await FoundAsync("a", 2);
        while (await ClaimAsync() is { } item)
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
        var webhooks = new Webhooks(_database, box: null);
        var (here, there) = (new Uri("https://here.test/"), new Uri("https://there.test/"));
        (await webhooks.AddAsync(here, None)).ShouldStartWith("whsec_");
        (await webhooks.AddAsync(there, None)).ShouldNotBeNull();
        (await webhooks.AddAsync(there, None)).ShouldBeNull();
        await webhooks.DisableAsync(there.AbsoluteUri, "gone", None);
        await FoundAsync("a", 20);
        while (await ClaimAsync() is { } item)
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
        var first = (await ClaimAsync())!;
        await Record.SaveAsync(first, Done(first), None);
        await FoundAsync("b", 1);
        var second = (await ClaimAsync())!;

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

    async Task<ClaimedItem?> ClaimAsync(ItemQueue? queue = null) =>
        (await (queue ?? Items).ClaimItemsAsync("tiktok", 1, null, None)).SingleOrDefault();

    // when the lease of the one who held it ends
    static async Task<ClaimedItem> LostAsync(ItemQueue queue)
    {
        while (true)
        {
            await queue.ReleaseLostAsync(None);
            if (await queue.ClaimSuspectAsync("tiktok", None) is { } claimed)
                return claimed;
        }
    }

    // a lease of no length ends with the next tick of the database's clock
    static async Task<T> ClaimAgainAsync<T>(Func<Task<T?>> claim)
        where T : class
    {
        while (true)
            if (await claim() is { } claimed)
                return claimed;
    }

    async Task<IReadOnlyList<OutboxEvent>> OwedAsync()
    {
        var transport = new Postbox();
        await using var publisher = Publisher(transport);
        await publisher.FlushAsync(None);
        return transport.Arrived;
    }

    EventPublisher Publisher(Postbox transport) =>
        new(_database, transport, TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance);

    // takes events until it is told to refuse one, counted from the first it is sent
    sealed class Postbox : IEventTransport
    {
        public List<OutboxEvent> Arrived { get; } = [];

        public int? Refuses { get; set; }

        public Task ReadyAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task<Delivered> SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellation)
        {
            var taken = Refuses is { } at ? at - 1 : events.Count;
            Arrived.AddRange(events.Take(taken));
            var failure = taken < events.Count ? new TrawlException(FailureKind.ServiceUnavailable, "away") : null;
            return Task.FromResult(new Delivered(taken, failure));
        }
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
