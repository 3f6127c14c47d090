using Trawl.Failures;
using Trawl.Files;

namespace Trawl.Tests.Files;

public class PictureCheckTests
{
    static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 0xFF, 0xD9];
    static readonly byte[] Png = [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 0, .. "IEND"u8, 1, 2, 3, 4];
    static readonly byte[] WebP = [.. "RIFF"u8, 8, 0, 0, 0, .. "WEBPVP8 "u8];

    [Fact]
    public void Whole_pictures_are_known_by_their_marks()
    {
        PictureCheck.Extension(Jpeg).ShouldBe("jpg");
        PictureCheck.Extension([.. Jpeg, 0, 0]).ShouldBe("jpg", "some cameras pad");
        PictureCheck.Extension(Png).ShouldBe("png");
        PictureCheck.Extension(WebP).ShouldBe("webp");
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        foreach (var picture in (byte[][])[Jpeg, Png, WebP])
            for (var length = 0; length < picture.Length; length++)
                Should.Throw<TrawlException>(() => PictureCheck.Extension(picture.AsSpan(0, length)), $"{length} of {picture.Length}");
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("GIF89a")]
    [InlineData("#EXTM3U")]
    public void Anything_else_is_none(string text) =>
        Should
            .Throw<TrawlException>(() => PictureCheck.Extension(System.Text.Encoding.ASCII.GetBytes(text)))
            .Kind.ShouldBe(FailureKind.WrongContent);
}
