using Trawl.Tests.Shared;

namespace Trawl.App.Tests;

/// <summary>Folders depend on each other one way only.</summary>
public class ArrowsTests
{
    [Theory]
    [InlineData("Trawl", "Trawl")]
    [InlineData("Trawl.Browser", "Trawl.Browser")]
    [InlineData("Trawl.Keyframes", "Trawl.Keyframes")]
    [InlineData("Trawl.Sandbox", "Trawl.Sandbox")]
    [InlineData("trawl-app", "Trawl.App")]
    public void No_two_folders_use_each_other(string assembly, string root) =>
        Arrows.Of(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), root).BothWays().ShouldBeEmpty();
}
