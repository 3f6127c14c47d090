using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>
/// First pictures of a video that is still arriving. They are frames that were stored whole, so that nothing is decoded twice when the rest is there;
/// the keyframes proper are taken from the whole file.
/// </summary>
public sealed class KeyframePreview(Ffmpeg ffmpeg, KeyframeOptions? wishes = null)
{
    readonly KeyframeOptions _options = wishes ?? new KeyframeOptions();

    /// <summary>The most pictures it takes. Default: 3.</summary>
    public int Most { get; init; } = 3;

    /// <summary>Takes pictures of what has arrived.</summary>
    /// <param name="path">The file, whose beginning is there; a progressive one, with its index in front.</param>
    /// <param name="folder">Where the pictures go; made when missing.</param>
    /// <param name="cancellation">Stops it; ffmpeg is killed.</param>
    /// <returns>The pictures; none while the index or a first frame is missing.</returns>
    public async Task<IReadOnlyList<Keyframe>> RunAsync(string path, string folder, CancellationToken cancellation = default)
    {
        if (await ProbeAsync(path, cancellation).ConfigureAwait(false) is not { } probe)
            return [];
        // of the last one a part may be missing
        IReadOnlyList<int> whole = [.. probe.WholeFrames.SkipLast(1).Select(w => w.Number)];
        using var drafts = new Drafts(folder);
        var pictures = await new FrameGrabber(ffmpeg, _options)
            .GrabAsync(path, probe, Spread(whole), Decoding.Whole, drafts.FolderPath, cancellation)
            .ConfigureAwait(false);
        return Keep(pictures.Values.OrderBy(p => p.Frame), probe, folder);
    }

    async Task<MediaProbe?> ProbeAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await MediaProbe.ReadAsync(ffmpeg, path, cancellation).ConfigureAwait(false);
        }
        catch (TrawlException e) when (e.Kind is FailureKind.ToolFailed or FailureKind.WrongContent)
        {
            return null; // not there yet; whether it ever will be is for the download to say
        }
    }

    IEnumerable<int> Spread(IReadOnlyList<int> frames) =>
        frames.Count <= Most ? frames : Enumerable.Range(0, Most).Select(i => frames[i * frames.Count / Most]);

    List<Keyframe> Keep(IEnumerable<Picture> pictures, MediaProbe probe, string folder)
    {
        var kept = new List<Keyframe>();
        var arrived = new Scene(1, 0, probe.Timeline.Frames, 0, probe.Timeline.End);
        foreach (var picture in pictures)
            if (picture.Emptiness is null && !kept.Exists(k => PictureHash.LookAlike(k.Hash, picture.Hash)))
                kept.Add(picture.KeepAs(kept.Count + 1, arrived, probe.Timeline.TimeOf(picture.Frame), "preview", folder, _options));
        return kept;
    }
}
