using Trawl.Browser.TikTok;

namespace Trawl.Tests.Browser;

/// <summary>Result pages that no browser has written down.</summary>
public class SearchDocumentTests
{
    const string Card =
        "<div id=\"column-item-video-container-0\"><a href=\"/@lena/video/7612345678901234567\"><img src=\"x\"></a><p>a caption of two words</p></div>";

    [Theory]
    [InlineData(Card)]
    [InlineData(
        $"<!DOCTYPE html><html><head><script>if (a < b) '</div>'</script></head><body title='a > b'>{Card}<!-- <i> --></body></html>"
    )]
    public void A_page_closed_in_order_is_read(string html) =>
        SearchDocument.Read(html).ShouldHaveSingleItem().Id.ShouldBe("7612345678901234567");

    [Theory]
    [InlineData($"<div>{Card}")]
    [InlineData($"{Card}</div>")]
    [InlineData($"<b><i>{Card}</b></i>")]
    [InlineData($"{Card}<a h")]
    [InlineData($"{Card}<a title=\"")]
    [InlineData($"{Card} 1 < 2")]
    public void Any_other_is_not(string html) => SearchDocument.Read(html).ShouldBeEmpty();

    [Fact]
    public void A_quote_that_is_never_closed_hides_nothing_from_the_bounds()
    {
        var deep = string.Concat(Enumerable.Repeat("<div data-e2e=\"search_top-item\"><a h<html>", 10_000));

        SearchDocument.Read(Card + "<a title=\"" + deep).ShouldBeEmpty();
    }
}
