using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Keyframes;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.App.Tests.Crawls;

/// <summary>Many links, of which some come while everybody rests.</summary>
public class CrawlJobTests
{
    [Fact]
    public async Task Of_a_list_those_that_nobody_can_be_asked_for_wait_and_are_done()
    {
        var (asked, until) = (0, 5);
        var flaky = new ScriptedStrategy(
            "flaky",
            url => ++asked <= until ? throw new TrawlException(FailureKind.Blocked, "Not now.") : new Video { Url = url, Id = url.Id! }
        );
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions { Strategies = ["flaky", "web"], ExtraStrategies = [("tiktok", _ => flaky)] }
        );
        run.Trawl.Reconfigure(run.Trawl.Options with { Strategies = ["flaky"] });
        var events = new List<CrawlEvent>();

        var result = await run.UntilDoneAsync(
            JobOf(run).RunAsync(Requests(run, 8), new Told(events), TestContext.Current.CancellationToken)
        );

        // five use up its credit; the others are asked for once it may be asked again
        asked.ShouldBeGreaterThan(until);
        events.OfType<ItemWaiting>().ShouldNotBeEmpty();
        events.OfType<ItemWaiting>().ShouldAllBe(w => w.Reason.Kind == FailureKind.Resting && w.For >= TimeSpan.FromSeconds(3));
        result.Failures.Count(f => f.Kind == FailureKind.Blocked).ShouldBe(5);
        result.Failures.ShouldNotContain(f => f.Kind == FailureKind.Resting);
    }

    [Fact]
    public async Task A_list_of_which_nothing_is_done_for_ten_minutes_waits_no_more()
    {
        var closed = ScriptedStrategy.Fails("closed", FailureKind.Challenged);
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions { Strategies = ["closed"], ExtraStrategies = [("tiktok", _ => closed)] }
        );
        var started = run.Clock.GetUtcNow();

        var result = await run.UntilDoneAsync(JobOf(run).RunAsync(Requests(run, 20), new Told([]), TestContext.Current.CancellationToken));

        (result.Done, result.Failures.Count).ShouldBe((0, 20));
        (run.Clock.GetUtcNow() - started).ShouldBeLessThan(TimeSpan.FromMinutes(11));
        result.Failures[^1].Message.ShouldContain("it failed too often (challenged) and rests");
    }

    [Fact]
    public async Task A_single_link_does_not_wait_and_is_not_sent_to_the_database()
    {
        var flaky = ScriptedStrategy.Fails("flaky", FailureKind.Blocked);
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions { Strategies = ["flaky"], ExtraStrategies = [("tiktok", _ => flaky)] }
        );
        for (var i = 0; i < 5; i++)
            await run.UntilDoneAsync(JobOf(run).RunAsync(Requests(run, 1, from: i), new Told([]), TestContext.Current.CancellationToken));

        var last = await run.UntilDoneAsync(
            JobOf(run).RunAsync(Requests(run, 1, from: 6), new Told([]), TestContext.Current.CancellationToken)
        );

        var failure = last.Failures.ShouldHaveSingleItem();
        (failure.Kind, last.ExitCode).ShouldBe((FailureKind.Resting, 4));
        string.Join(' ', failure.Rule.Suggestions).ShouldNotContain("database");
        failure.RetryAfter.ShouldNotBeNull();
    }

    static CrawlJob JobOf(SandboxRun run) =>
        new(
            new Crawl(
                run.Trawl,
                new ExtractorPool(new Ffmpeg(), new KeyframeOptions(), null),
                new DiskStore(run.Folder, new OutputTemplate(OutputTemplate.Default), run.Clock)
            ),
            archive: null,
            concurrency: 1,
            run.Clock
        );

    static List<CrawlRequest> Requests(SandboxRun run, int count, int from = 0) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new CrawlRequest($"{i + 1}", run.World.Links[14 + from + i], new FormatWish(), Keyframes: false)),
        ];

    sealed class Told(List<CrawlEvent> events) : IProgress<CrawlEvent>
    {
        public void Report(CrawlEvent value)
        {
            lock (events)
                events.Add(value);
        }
    }
}
