using Trawl.Videos;

namespace Trawl.Tests.Videos;

public class CaptionTextTests
{
    [Theory]
    [InlineData("Hi #Viral #viral #喜欢 @a.b-c", "viral,喜欢", "a.b-c")]
    [InlineData("", "", "")]
    [InlineData("# @ ## @@", "", "")]
    [InlineData("no#space#between", "space,between", "")]
    [InlineData("#день_1, #café! (#हिन्दी)", "день_1,café,हिन्दी", "")]
    [InlineData("by @someone. and @one--two@three", "", "someone,one,three")]
    [InlineData("#a\u200Bb #😅 #x😅y", "a,x", "")]
    [InlineData("#\uD83D broken", "", "")]
    public void Tags_and_mentions_are_found_in_any_script(string caption, string tags, string mentions)
    {
        string.Join(',', CaptionText.Hashtags(caption)).ShouldBe(tags);
        string.Join(',', CaptionText.Mentions(caption)).ShouldBe(mentions);
    }

    [Fact]
    public void A_caption_of_ten_thousand_signs_is_no_trouble() =>
        CaptionText.Hashtags(new string('#', 5000) + new string('a', 5000)).Single().Length.ShouldBe(100);
}
