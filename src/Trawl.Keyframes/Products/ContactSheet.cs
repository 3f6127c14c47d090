namespace Trawl.Keyframes;

/// <summary>One picture of all keyframes in reading order, each with its scene and its time.</summary>
public sealed class ContactSheet
{
    const int TileHeight = 320;
    const int MostColumns = 5;
    const int Gap = 6;

    readonly IDecoder _decoder;

    /// <summary>With the ffmpeg program.</summary>
    public ContactSheet(Ffmpeg ffmpeg)
        : this(new FfmpegDecoder(ffmpeg)) { }

    internal ContactSheet(IDecoder decoder) => _decoder = decoder;

    /// <summary>Draws the sheet as a JPEG; a video without keyframes has an empty one.</summary>
    public async Task WriteAsync(KeyframeSet set, string path, CancellationToken cancellation = default)
    {
        var keyframes = set.Keyframes;
        var columns = Math.Clamp(keyframes.Count, 1, MostColumns);
        var rows = Math.Max(1, (keyframes.Count + columns - 1) / columns);
        var (width, height) = (set.Probe.WidthAt(TileHeight), TileHeight);
        var (across, down) = (width + Gap, height + Canvas.LineHeight + Gap);
        var canvas = new Canvas(((columns * across) + Gap + 1) / 2 * 2, ((rows * down) + Gap + 1) / 2 * 2);
        var placed = 0;
        await _decoder.OpenAsync([.. keyframes.Select(k => k.Path)], width, height, Place, cancellation).ConfigureAwait(false);
        await _decoder.SaveAsync(canvas, path, cancellation).ConfigureAwait(false);

        void Place(ReadOnlySpan<byte> tile)
        {
            var keyframe = keyframes[placed];
            var (x, y) = (Gap + (placed % columns * across), Gap + (placed / columns * down));
            canvas.Put(tile, width, height, x, y);
            canvas.Write($"#{keyframe.Scene.Number} {TimeCode.Short(keyframe.Time)}", x, y + height + 4);
            placed++;
        }
    }
}
