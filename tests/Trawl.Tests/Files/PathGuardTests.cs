using Trawl.Failures;
using Trawl.Files;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Files;

public sealed class PathGuardTests : IDisposable
{
    readonly TempFolder _place = new();
    readonly string _root;

    public PathGuardTests()
    {
        _root = Directory.CreateDirectory(_place.File("library")).FullName;
        Directory.CreateDirectory(_place.File("outside"));
    }

    [Theory]
    [InlineData("video.mp4")]
    [InlineData("tiktok/user/video.mp4")]
    [InlineData("a/../video.mp4")]
    public void What_lies_below_may_be_written(string path) =>
        PathGuard.Below(_root, Path.Combine(_root, path)).ShouldBe(Path.GetFullPath(Path.Combine(_root, path)));

    [Theory]
    [InlineData("../outside/video.mp4")]
    [InlineData("/etc/passwd")]
    [InlineData("../library2/video.mp4")]
    [InlineData("")]
    public void What_lies_elsewhere_may_not(string path) => Refused(Path.Combine(_root, path)).Message.ShouldContain("does not lie below");

    [Theory]
    [InlineData("../outside")]
    [InlineData("../outside/deeper")]
    [InlineData("../missing")]
    [InlineData("/")]
    public void A_link_that_leads_out_is_not_followed(string target)
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "tiktok"), target);

        Refused(Path.Combine(_root, "tiktok/user/video.mp4")).Message.ShouldContain("leads from");
    }

    [Fact]
    public void Nor_is_one_behind_another()
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "one"), "two");
        Directory.CreateSymbolicLink(Path.Combine(_root, "two"), _place.File("outside"));

        Refused(Path.Combine(_root, "one/video.mp4"));
    }

    [Fact]
    public void A_link_that_leads_to_itself_is_refused()
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "round"), "round");

        Refused(Path.Combine(_root, "round/video.mp4")).Message.ShouldContain("to itself");
    }

    [Fact]
    public void Links_inside_and_to_the_whole_library_are_followed()
    {
        Directory.CreateSymbolicLink(_place.File("door"), _root);
        Directory.CreateDirectory(Path.Combine(_root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "alias"), "real");

        PathGuard.Below(_place.File("door"), _place.File("door/alias/video.mp4")).ShouldBe(_place.File("door/alias/video.mp4"));
    }

    public void Dispose() => _place.Dispose();

    TrawlException Refused(string path)
    {
        var refused = Should.Throw<TrawlException>(() => PathGuard.Below(_root, path));
        refused.Kind.ShouldBe(FailureKind.Configuration);
        return refused;
    }
}
