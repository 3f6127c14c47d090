namespace Trawl.App.Crawls;

/// <summary>A video that is finished.</summary>
/// <param name="Id">Its id on the platform.</param>
/// <param name="Title">Its title.</param>
/// <param name="Strategy">The strategy that resolved it.</param>
/// <param name="Path">The mp4.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Their hash.</param>
/// <param name="Keyframes">How many keyframes lie beside it.</param>
/// <param name="Sheet">The contact sheet; null without keyframes.</param>
/// <param name="Already">Whether an earlier run finished it.</param>
public sealed record Crawled(
    string Id,
    string Title,
    string Strategy,
    string Path,
    long Size,
    string Sha256,
    int Keyframes,
    string? Sheet,
    bool Already = false
);
