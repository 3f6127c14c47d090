using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Keyframes;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Acceptance;

/// <summary>What is promised of the way from formats to a file.</summary>
public class DownloadPromises
{
    [Fact]
    public async Task The_format_wished_for_is_chosen_and_never_one_nobody_can_play()
    {
        MediaFormat[] formats =
        [
            Format("clean-1080", 1080, 2500),
            Format("marked-1080", 1080, 3000) with
            {
                Watermarked = true,
            },
            Format("clean-720", 720, 1500),
            Format("bytevc2-1080", 1080, 9000) with
            {
                Codec = "bytevc2",
            },
            Format("sound", null, 192) with
            {
                AudioOnly = true,
            },
        ];

        Choose(new FormatWish()).ShouldBe("clean-1080");
        Choose(new FormatWish { MaxHeight = 720 }).ShouldBe("clean-720");
        Choose(new FormatWish { Policy = FormatPolicy.Audio }).ShouldBe("sound");
        Choose(new FormatWish { Watermarked = true }).ShouldBe("marked-1080");
        Choose(new FormatWish { MaxHeight = 480 }).ShouldBe("clean-720", "the nearest");
        (Format("portrait", 576, 1) with { Height = 1024 }).ShortSide.ShouldBe(
            (Format("landscape", 1024, 1) with { Height = 576 }).ShortSide
        );

        using var folder = new TempFolder();
        using var trawl = new TrawlClient(
            new TrawlOptions { Strategies = ["one"], ExtraStrategies = [("tiktok", _ => new ScriptedStrategy("one", Marked))] }
        );
        var video = await trawl.Videos.GetAsync(TikTokUrl.Post("1234567890"));
        var failure = await Should.ThrowAsync<TrawlException>(() => trawl.Downloads.RunAsync(video, folder.Path));
        (failure.Kind, failure.Detail).ShouldBe((FailureKind.NoSuitableFormat, "NO_WATERMARK_FREE_FORMAT"));

        string Choose(FormatWish wish) => FormatSelector.Choose(Video(TikTokUrl.Post("1"), formats), wish)[0].Id;

        Video Marked(VideoUrl url) => Video(url, formats[1]);
    }

    [Fact]
    public async Task A_format_that_cannot_be_had_makes_way_for_a_lower_one_and_says_so()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(1);
        run.World.Add(Media("status", 404) with { Path = "/video/tos/sandbox/[0-9]+/h264|/aweme/.*h264" });

        var file = await run.GetAsync(post.Url);

        file.Format.Codec.ShouldBe("h265");
        file.Degraded!.ShouldContain("404");
        run.World.Add(Media("status", 404));
        var failure = await Should.ThrowAsync<TrawlException>(() =>
            run.UntilDoneAsync(run.Trawl.Downloads.RunAsync(Known(run, post.Url), run.Folder, overwrite: true))
        );
        failure.Rule.Recoveries.ShouldNotBeEmpty();
        FailureKind.NoSuitableFormat.Rule().Recoveries.ShouldBe([Recovery.LowerQuality, Recovery.AllowWatermark, Recovery.SoundAlone]);
    }

    [Fact]
    public async Task A_file_arrives_whole_under_its_name_at_once_and_tells_how_far_it_is()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"], LimitRate = 100_000 });
        var post = await run.World.DescribeAsync(1);
        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Url));
        var told = new List<(DateTimeOffset At, DownloadProgress Progress)>();
        using var staging = await StagingFolder.TakeAsync(run.Folder, video.Url.Identity, run.Clock, CancellationToken.None);

        var staged = await run.UntilDoneAsync(
            run.Trawl.Downloads.StageAsync(
                video,
                new FormatWish(),
                staging,
                new Relay(p => told.Add((run.Clock.GetUtcNow(), p))),
                CancellationToken.None
            )
        );

        staged.File.Sha256.ShouldBe(post.Variants[0].Sha256);
        staged.File.Size.ShouldBe(told[0].Progress.Total!.Value);
        told[0].Progress.Received.ShouldBe(0);
        told.Select(t => t.Progress.Received).ShouldBeInOrder();
        told.Zip(told.Skip(1)).SkipLast(1).ShouldAllBe(pair => pair.Second.At - pair.First.At >= TimeSpan.FromMilliseconds(500));
        told.Count(t => t.Progress.IsComplete).ShouldBe(1);
        (told[^1].Progress.IsComplete, told[^1].Progress.Received).ShouldBe((true, staged.File.Size));
        told.Skip(1).SkipLast(1).ShouldNotBeEmpty();
        told.Skip(1).SkipLast(1).ShouldAllBe(t => t.Progress.BytesPerSecond > 0 && t.Progress.Remaining > TimeSpan.Zero);
        Directory.EnumerateFiles(run.Folder).ShouldBeEmpty("nothing has its final name before it is moved there");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("range-ignored")]
    [InlineData("tag-changed")]
    public async Task A_cut_connection_goes_on_from_the_cut_if_the_file_is_still_the_same(string? then)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(1);
        run.World.Add(
            Media("early-end") with
            {
                Times = 1,
                Args = new Dictionary<string, string> { ["at"] = "0.6" },
            }
        );
        if (then is not null)
            run.World.Add(Media(then));

        var file = await run.GetAsync(post.Url);

        file.Sha256.ShouldBe(post.Variants[0].Sha256);
        await run.SettleAsync();
        var again = run.World.Requests.Where(r => r.Path.Contains("/video/tos/") || r.Path.Contains("/aweme/")).Skip(1).ToList();
        again[0].Headers["Range"].ShouldBe($"bytes={(long)(file.Size * 0.6)}-");
        again[0].Headers.Keys.ShouldContain("If-Range");
        again.Max(r => r.Bytes).ShouldBe(then is null ? file.Size - (long)(file.Size * 0.6) : file.Size);
    }

    [Fact]
    public async Task What_is_no_media_too_large_or_torn_is_never_left_and_says_what_it_is()
    {
        (await RefusedAsync(Media("html"), new TrawlOptions())).ShouldBe((FailureKind.WrongContent, false));
        (await RefusedAsync(null, new TrawlOptions { LargestFile = 1000 })).ShouldBe((FailureKind.TooLarge, false));
        (await RefusedAsync(Media("unmeasured-cut"), new TrawlOptions())).ShouldBe((FailureKind.Truncated, false));
        (await RefusedAsync(Media("endless"), new TrawlOptions { LargestFile = 3 << 20 })).ShouldBe((FailureKind.TooLarge, false));

        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"], LimitRate = 100_000 });
        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[1]));
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        using (var staging = await StagingFolder.TakeAsync(run.Folder, video.Url.Identity, run.Clock, CancellationToken.None))
        {
            var relay = new Relay(p => _ = p.Received > 0 && begun.TrySetResult());
            var downloading = run.Trawl.Downloads.StageAsync(video, new FormatWish(), staging, relay, stop.Token);
            await run.UntilDoneAsync(Task.WhenAny(begun.Task, downloading));
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => downloading);
        }
        Directory.EnumerateFiles(run.Folder, "*.part", SearchOption.AllDirectories).ShouldHaveSingleItem("a later run goes on with it");
    }

    [Fact]
    public async Task Two_downloads_of_one_video_are_one_and_what_stands_there_is_replaced_on_request_only()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var link = run.World.Links[1];

        var files = await run.UntilDoneAsync(Task.WhenAll(FetchAsync(link), FetchAsync(link + "?is_from_webapp=1")));

        files[0].Path.ShouldBe(files[1].Path);
        Transfers().ShouldBe(1);
        (await run.UntilDoneAsync(FetchAsync(link))).Path.ShouldBe(files[0].Path);
        Transfers().ShouldBe(1);
        await run.UntilDoneAsync(FetchAsync(link, overwrite: true));
        Transfers().ShouldBe(2);

        async Task<VideoFile> FetchAsync(string spelling, bool overwrite = false) =>
            await run.Trawl.Downloads.RunAsync(await run.Trawl.Videos.GetAsync(spelling), run.Folder, overwrite);

        int Transfers() => run.World.Requests.Count(r => r.Path.Contains("/video/tos/", StringComparison.Ordinal) && r.Status == 200);
    }

    [Fact]
    public async Task The_sound_has_its_real_extension_and_size_and_a_missing_ffmpeg_is_named()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var video = await run.GetAsync(run.World.Links[1]);
        foreach (var (form, extension) in ((SoundForm, string)[])[(SoundForm.Mp3, ".mp3"), (SoundForm.M4a, ".m4a")])
        {
            var (path, size) = await new SoundTrack(new Ffmpeg()).ExtractAsync(video.Path, form, TestContext.Current.CancellationToken);
            (Path.GetExtension(path), new FileInfo(path).Length).ShouldBe((extension, size));
            File.Delete(path);
        }

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            new SoundTrack(new Ffmpeg { Folder = "/nowhere" }).ExtractAsync(
                video.Path,
                SoundForm.Mp3,
                TestContext.Current.CancellationToken
            )
        );

        (failure.Kind, failure.Rule.ExitCode).ShouldBe((FailureKind.ToolMissing, 9));
        failure.Message.ShouldContain("ffmpeg");
        Directory.EnumerateFiles(run.Folder).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_photo_post_is_photos_and_sound_whatever_its_link_calls_it_and_never_a_video()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var link = run.World.Links[3];
        foreach (var spelling in (string[])[link.Replace("/photo/", "/video/"), link.Replace("/video/", "/photo/")])
        {
            var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(spelling));
            (video.IsPhotoPost, video.Photos.Length).ShouldBe((true, 3));
            video.Music!.Address.ShouldNotBeNull();
        }
        run.World.Reset();

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(link));

        failure.Kind.ShouldBe(FailureKind.UnsupportedLink);
        run.Requests.ShouldBe(0, "nothing is fetched");
    }

    static async Task<(FailureKind Kind, bool Left)> RefusedAsync(FaultRule? fault, TrawlOptions options)
    {
        await using var run = await SandboxRun.StartAsync(options with { Strategies = ["web"] });
        if (fault is not null)
            run.World.Add(fault);
        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));
        return (failure.Kind, Directory.EnumerateFiles(run.Folder, "*.mp4", SearchOption.AllDirectories).Any());
    }

    static Video Known(SandboxRun run, string link) => run.Trawl.Videos.GetAsync(link).GetAwaiter().GetResult();

    static FaultRule Media(string fault, int status = 0) =>
        new()
        {
            Path = "/video/tos/|/aweme/",
            Method = "GET",
            Fault = fault,
            Args = status == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["status"] = $"{status}" },
        };

    static Video Video(VideoUrl url, params MediaFormat[] formats) =>
        new()
        {
            Url = url,
            Id = url.Id!,
            Formats = [.. formats],
        };

    static MediaFormat Format(string id, int? side, int kilobits) =>
        new()
        {
            Id = id,
            Addresses = [new Uri("https://media.example/" + id)],
            Session = Session.Desktop,
            Codec = side is null ? null : "h264",
            Width = side,
            Height = side * 16 / 9,
            Bitrate = kilobits * 1000,
        };

    sealed class Relay(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
