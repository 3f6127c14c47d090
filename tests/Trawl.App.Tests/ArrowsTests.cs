using Trawl.Tests.Shared;

namespace Trawl.App.Tests;

/// <summary>Folders depend on each other one way only, and in no circles.</summary>
public class ArrowsTests
{
    [Theory]
    [InlineData("Trawl", "Trawl")]
    [InlineData("Trawl.Browser", "Trawl.Browser")]
    [InlineData("Trawl.Keyframes", "Trawl.Keyframes")]
    [InlineData("Trawl.Sandbox", "Trawl.Sandbox")]
    [InlineData("trawl-app", "Trawl.App")]
    public void No_folder_uses_itself_by_way_of_others(string assembly, string root) =>
        Arrows.Of(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), root).InCircles().ShouldBeEmpty();
}
