using Trawl.Sandbox;

[assembly: AssemblyFixture(typeof(Trawl.App.Tests.Shared.WorldFixture))]

namespace Trawl.App.Tests.Shared;

/// <summary>One sandbox for all tests that put no fault in force, and its catalogue.</summary>
public sealed class WorldFixture : IAsyncLifetime
{
    public SandboxWorld World { get; private set; } = null!;

    public IReadOnlyList<SandboxPost> Posts { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        World = await SandboxWorld.StartAsync();
        Posts = await World.ListAsync().ToListAsync();
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    /// <summary>The file the catalogue promises for a path that ends in the post's id.</summary>
    public bool IsGenuine(string mp4) =>
        Posts.Any(p => p.Url.EndsWith(Path.GetFileNameWithoutExtension(mp4)) && p.Variants.Any(v => v.Sha256 == Sha256Of(mp4)));

    public static string Sha256Of(string path) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
}
