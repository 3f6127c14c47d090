using System.Security.Cryptography;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Keyframes;
using Trawl.Platforms.TikTok;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.App.Tests.Storage;

/// <summary>What a store of finished videos promises, wherever it keeps them.</summary>
public abstract class MediaStoreCompliance : IDisposable
{
    protected static readonly CancellationToken None = TestContext.Current.CancellationToken;

    protected static readonly VideoUrl Url = TikTokUrl.Parse("https://www.tiktok.com/@user/video/7106798200794926362")!;

    protected TempFolder Folder { get; } = new();

    protected abstract IMediaStore Store { get; }

    protected DiskStore Disk =>
        field ??= new DiskStore(
            Folder.File("data"),
            new OutputTemplate("videos/%(platform)s/%(id)s.%(ext)s"),
            TimeProvider.System,
            Folder.File("data/keyframes")
        );

    [Fact]
    public async Task What_is_finished_is_found_whole_with_all_that_belongs_to_it()
    {
        (await Store.FindAsync(Url, slideshow: false, None)).ShouldBeNull();
        var content = Bytes(300_000);

        var made = await MakeAsync(content);
        var found = (await Store.FindAsync(Url, slideshow: false, None)).ShouldNotBeNull();

        ShouldBeSame(found, made);
        (await BytesAsync(found.Path)).ShouldBe(content);
        (await BytesAsync(found.Sheet!)).ShouldBe([1, 2, 3]);
        found.Frames.Select(f => f.Time).ShouldBe([0.5, 1.5]);
        foreach (var frame in found.Frames)
        {
            (await Store.HasAsync(frame.Path, None)).ShouldBeTrue(frame.Path);
            frame.Path.ShouldContain("keyframes/7106798200794926362/frame_");
        }
        (await Store.ReadAsync(FinishedFiles.InfoOf(found.Path), None)).ShouldNotBeNull();
        Directory.EnumerateFileSystemEntries(Folder.File("data/.trawl/staging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_made_again_takes_the_place_of_what_was_there()
    {
        await MakeAsync(Bytes(1000));

        var second = await MakeAsync(Bytes(2000));
        var found = await Store.FindAsync(Url, slideshow: false, None);

        found!.Sha256.ShouldBe(second.Sha256);
        (await BytesAsync(found.Path)).Length.ShouldBe(2000);
    }

    [Fact]
    public async Task A_photo_post_is_found_with_all_its_pictures()
    {
        var made = await MakePhotosAsync(3);
        var found = (await Store.FindAsync(Url, slideshow: false, None)).ShouldNotBeNull();

        ShouldBeSame(found, made);
        (found.Photos, found.Size).ShouldBe((3, 30));
        (await Store.FindAsync(Url, slideshow: true, None)).ShouldBeNull("a video is wanted of it");
    }

    [Fact]
    public async Task What_is_not_there_is_not_there()
    {
        var made = await MakeAsync(Bytes(100));

        (await Store.HasAsync(made.Path + "x", None)).ShouldBeFalse();
        (await Store.ReadAsync(made.Path + "x", None)).ShouldBeNull();
        (await Store.HashAsync(made.Path + "x", None)).ShouldBeNull();
        (await Store.FindAsync(TikTokUrl.Parse("https://www.tiktok.com/@user/video/7106798200794926363")!, false, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Large_videos_arrive_whole()
    {
        var content = Bytes((11 << 20) + 7);

        var made = await MakeAsync(content);

        Hash(await BytesAsync(made.Path)).ShouldBe(Hash(content));
        (await Store.HashAsync(made.Path, None)).ShouldBe(Hash(content));
        (await Store.FindAsync(Url, slideshow: false, None)).ShouldNotBeNull().Size.ShouldBe(content.Length);
    }

    public virtual void Dispose() => Folder.Dispose();

    protected static byte[] Bytes(int count)
    {
        var content = new byte[count];
        new Random(count).NextBytes(content);
        return content;
    }

    protected Task<Crawled> MakeAsync(byte[] content) => MakeAsync(Store, Post(), content);

    protected static async Task<Crawled> MakeAsync(IMediaStore store, Video post, byte[] content)
    {
        using var claim = await store.ClaimAsync(post.Url, None);
        var path = claim.File("video.mp4");
        await File.WriteAllBytesAsync(path, content, None);
        await File.WriteAllBytesAsync(claim.File(DiskStore.Sheet), [1, 2, 3], None);
        Directory.CreateDirectory(claim.File("keyframes"));
        var scene = new Scene(1, 0, 50, 0, 2);
        var frames = new List<Keyframe>();
        foreach (var (name, time) in new[] { ("frame_0_50s.jpg", 0.5), ("frame_1_50s.jpg", 1.5) })
        {
            var picture = claim.File(Path.Combine("keyframes", name));
            await File.WriteAllTextAsync(picture, name, None);
            frames.Add(new Keyframe(scene, frames.Count + 1, time, (int)(time * 25), picture) { Why = "test" });
        }
        var probe = new MediaProbe(576, 1024, 25, 50, TimeSpan.FromSeconds(2), "h264", new Timeline(25, []), false, []);
        var format = new MediaFormat
        {
            Id = "h264",
            Addresses = [],
            Session = Session.Desktop,
        };
        var file = new VideoFile(path, content.Length, Hash(content), new MediaTracks { VideoCodec = "h264" }, format);
        var staged = new StagedVideo(post, file);
        return await store.CommitAsync(
            claim,
            post.Url.Canonical.AbsoluteUri,
            staged,
            new KeyframeSet(probe, [scene], frames, []),
            null,
            None
        );
    }

    static void ShouldBeSame(Crawled found, Crawled made)
    {
        found.Already.ShouldBeTrue();
        found.Frames.ShouldBe(made.Frames);
        found.ShouldBe(made with { Already = true, Frames = found.Frames });
    }

    protected static Video Post(VideoUrl? url = null) =>
        new()
        {
            Url = url ?? Url,
            Id = (url ?? Url).Id!,
            Caption = "A caption",
            Attempts = [new Attempt("web", null, TimeSpan.Zero)],
        };

    async Task<Crawled> MakePhotosAsync(int count)
    {
        using var claim = await Store.ClaimAsync(Url, None);
        Directory.CreateDirectory(claim.File(Downloader.PhotosFolder));
        var photos = new List<PhotoFile>();
        for (var i = 0; i < count; i++)
        {
            var path = claim.File(Path.Combine(Downloader.PhotosFolder, $"{i}.jpg"));
            var content = Bytes(10);
            await File.WriteAllBytesAsync(path, content, None);
            photos.Add(new PhotoFile(path, 10, Hash(content)));
        }
        return await Store.CommitAsync(
            claim,
            Url.Canonical.AbsoluteUri,
            new PhotoSet(Post() with { Photos = [.. photos.Select(_ => new Photo([], 10, 10))] }, photos, null, null),
            None
        );
    }

    protected async Task<byte[]> BytesAsync(string path) => (await Store.ReadAsync(path, None)).ShouldNotBeNull(path);

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

public sealed class DiskStoreTests : MediaStoreCompliance
{
    protected override IMediaStore Store => Disk;

    [Fact]
    public async Task What_was_changed_is_not_found()
    {
        var made = await MakeAsync(Bytes(100));

        await File.AppendAllTextAsync(made.Path, "x", None);

        (await Store.FindAsync(Url, slideshow: false, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Two_videos_do_not_get_one_name_however_close_together_they_come()
    {
        var store = new DiskStore(Folder.File("data"), new OutputTemplate("%(title)s.%(ext)s"), TimeProvider.System);
        var posts = Enumerable
            .Range(0, 8)
            .Select(i => Post(TikTokUrl.Parse($"https://www.tiktok.com/@user/video/710679820079492636{i}")!))
            .ToList();

        var outcomes = await Task.WhenAll(posts.Select(post => Task.Run(() => TryAsync(post))));

        var kept = outcomes.Single(o => o.Made is not null).Made!;
        (await store.FindAsync(posts.Single(p => p.Id == kept.Id).Url, slideshow: false, None)).ShouldNotBeNull();
        foreach (var (_, failure) in outcomes.Where(o => o.Made is null))
        {
            failure!.Kind.ShouldBe(FailureKind.Configuration);
            failure.Message.ShouldContain($"the name A caption, which tiktok-{kept.Id} bears already");
        }
        await MakeAsync(store, posts.Single(p => p.Id == kept.Id), Bytes(200));

        async Task<(Crawled? Made, TrawlException? Failure)> TryAsync(Video post)
        {
            try
            {
                return (await MakeAsync(store, post, Bytes(100)), null);
            }
            catch (TrawlException e)
            {
                return (null, e);
            }
        }
    }

    [Theory]
    [InlineData("videos/tiktok")]
    [InlineData("keyframes")]
    [InlineData(".trawl/staging")]
    [InlineData(".trawl/done")]
    public async Task A_folder_that_is_a_link_to_elsewhere_is_neither_written_nor_emptied(string linked)
    {
        var outside = Directory.CreateDirectory(Folder.File("outside")).FullName;
        var place = Folder.File($"data/{linked}");
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        Directory.CreateSymbolicLink(place, outside);

        (await Should.ThrowAsync<TrawlException>(MakeAsync(Bytes(100)))).Kind.ShouldBe(FailureKind.Configuration);

        Directory.EnumerateFileSystemEntries(outside).ShouldBeEmpty();
    }

    [Fact]
    public async Task Removing_a_video_follows_no_link()
    {
        var made = await MakeAsync(Bytes(100));
        var outside = Directory.CreateDirectory(Folder.File("outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "frame_0_50s.jpg"), "theirs");
        var frames = Disk.KeyframesFolder(made.Path, made.Id);
        Directory.Delete(frames, recursive: true);
        Directory.CreateSymbolicLink(frames, outside);

        Disk.Remove(made.Path, made.Id);

        File.Exists(made.Path).ShouldBeFalse();
        File.ReadAllText(Path.Combine(outside, "frame_0_50s.jpg")).ShouldBe("theirs");
    }
}
