using Amazon.Runtime;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.Failures;

namespace Trawl.App.Tests.Storage;

/// <summary>Object storage, as a server has it that checks every signature, and as it can go wrong.</summary>
public sealed class S3StoreTests : MediaStoreCompliance, IAsyncLifetime
{
    S3Server _server = null!;
    S3Store _store = null!;

    protected override IMediaStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        _store = StoreOf(new BasicAWSCredentials(S3Server.KeyId, S3Server.Secret));
    }

    [Fact]
    public async Task Nothing_stays_on_this_machine_and_the_note_is_written_last()
    {
        var made = await MakeAsync(Bytes(1000));

        made.Path.ShouldBe("s3://corpus/tests/videos/tiktok/7106798200794926362.mp4");
        Directory.EnumerateFiles(Folder.File("data"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        _server.Keys.ShouldBe([
            "tests/.trawl/done/tiktok-7106798200794926362",
            "tests/keyframes/7106798200794926362/frame_0_50s.jpg",
            "tests/keyframes/7106798200794926362/frame_1_50s.jpg",
            "tests/keyframes/7106798200794926362/keyframes.json",
            "tests/videos/tiktok/7106798200794926362.info.json",
            "tests/videos/tiktok/7106798200794926362.mp4",
            "tests/videos/tiktok/7106798200794926362.sheet.jpg",
        ]);
        _server
            .Requests.Where(r => r.StartsWith("PUT", StringComparison.Ordinal))
            .Select(r => r[(r.LastIndexOf('/') + 1)..])
            .TakeLast(2)
            .ShouldBe(["7106798200794926362.mp4", "tiktok-7106798200794926362"]);
    }

    [Fact]
    public async Task Large_videos_go_in_parts_and_leave_no_upload_open()
    {
        await MakeAsync(Bytes((11 << 20) + 7));

        _server.Requests.Count(r => r.Contains("partNumber=")).ShouldBe(3);
        _server.OpenUploads.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_crash_left_on_this_machine_is_moved_by_the_next_run()
    {
        _server.Fault = request => request.Path.Value!.EndsWith(".mp4", StringComparison.Ordinal) ? 400 : null;
        (await Should.ThrowAsync<TrawlException>(() => MakeAsync(Bytes(1000)))).Kind.ShouldBe(FailureKind.StorageDenied);
        _server.Keys.ShouldNotContain(k => k.EndsWith(".mp4") || k.Contains("/done/"));

        _server.Fault = _ => null;
        var found = (await _store.FindAsync(Url, slideshow: false, None)).ShouldNotBeNull();

        found.Path.ShouldStartWith("s3://");
        (await BytesAsync(found.Path)).Length.ShouldBe(1000);
        Directory.EnumerateFiles(Folder.File("data"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_that_is_busy_is_asked_again()
    {
        var refusals = 0;
        _server.Fault = request => request.Method == "PUT" && Interlocked.Increment(ref refusals) % 2 == 1 ? 503 : null;

        await MakeAsync(Bytes(1000));

        refusals.ShouldBeGreaterThan(7);
        (await _store.FindAsync(Url, slideshow: false, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_upload_whose_last_answer_was_lost_is_done()
    {
        var lost = 0;
        _server.IsAnswerLost = true;
        _server.Fault = request => request is { Method: "POST" } && request.Query.ContainsKey("uploadId") && lost++ == 0 ? 500 : null;

        await MakeAsync(Bytes(6 << 20));

        lost.ShouldBe(2, "once lost, once asked again");
        (await _store.FindAsync(Url, slideshow: false, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_upload_that_fails_leaves_nothing_behind()
    {
        _server.Fault = request => request.Query["partNumber"] == "2" ? 400 : null;

        await Should.ThrowAsync<TrawlException>(() => MakeAsync(Bytes(11 << 20)));

        _server.OpenUploads.ShouldBe(0);
        _server.Keys.ShouldNotContain(k => k.EndsWith(".mp4"));
    }

    [Fact]
    public async Task Uploads_nobody_ended_are_given_up_after_a_day()
    {
        _server.BeginUpload("tests/old.mp4", TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        _server.BeginUpload("tests/young.mp4", TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));

        await _store.SweepAsync(None);

        _server.OpenUploads.ShouldBe(1);
    }

    [Fact]
    public async Task Who_we_are_is_checked()
    {
        using var stranger = StoreOf(new BasicAWSCredentials(S3Server.KeyId, "another secret"));

        var refused = await Should.ThrowAsync<TrawlException>(() => stranger.FindAsync(Url, slideshow: false, None));

        refused.Kind.ShouldBe(FailureKind.StorageDenied);
        refused.Message.ShouldContain("SignatureDoesNotMatch");
        refused.Message.ShouldNotContain("another secret");
    }

    [Fact]
    public async Task A_service_that_is_away_is_told_apart_from_one_that_refuses()
    {
        await _server.DisposeAsync();

        (await Should.ThrowAsync<TrawlException>(() => _store.FindAsync(Url, slideshow: false, None))).Kind.ShouldBe(
            FailureKind.ServiceUnavailable
        );
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _server.DisposeAsync();
    }

    S3Store StoreOf(AWSCredentials who)
    {
        var options = S3Options.Parse("s3://corpus/tests") with { Endpoint = _server.Address };
        return new S3Store(Disk, new S3Bucket(options, who, partSize: 5 << 20), options, TimeProvider.System);
    }
}
