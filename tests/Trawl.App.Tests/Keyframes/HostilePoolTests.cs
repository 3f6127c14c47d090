using Trawl.App.Tests.Shared;
using Trawl.Keyframes;
using Trawl.Tests.Keyframes;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Keyframes;

/// <summary>The same files, given to processes that live on.</summary>
public sealed class HostilePoolTests : HostileFileTests, IAsyncDisposable
{
    readonly Dictionary<KeyframeMode, ExtractorPool> _pools = Enum.GetValues<KeyframeMode>().ToDictionary(m => m, m => Pool([], m));

    protected override Task<KeyframeSet> ExtractAsync(string path, string folder, KeyframeMode mode) =>
        _pools[mode].RunAsync(path, folder, sheet: null, TestContext.Current.CancellationToken);

    protected override async Task<KeyframeSet> ExtractByAsync(string[] command, string path, string folder, TempFolder work)
    {
        // who traces it cannot confine it
        await using var pool = Pool(command, KeyframeMode.Scene, isConfined: false);
        return await pool.RunAsync(path, folder, sheet: null, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _pools.Values)
            await pool.DisposeAsync();
    }

    static ExtractorPool Pool(string[] command, KeyframeMode mode, bool isConfined = true) =>
        new(
            new Ffmpeg
            {
                Folder = "/nowhere",
                Deadline = TimeSpan.FromSeconds(30),
                IsConfined = isConfined,
            },
            new KeyframeOptions { Mode = mode },
            [.. command, AppProgram.Path, "extractor"]
        )
        {
            Folders = [Path.GetTempPath()],
        };
}
