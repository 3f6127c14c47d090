using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Frames that are taken out of a video by one reader of it: from a frame that was stored whole on.</summary>
/// <param name="Start">The whole frame it starts at.</param>
/// <param name="Decoding">What the reader decodes.</param>
/// <param name="Frames">The frames that are taken, in order.</param>
sealed record FrameGroup(int Start, Decoding Decoding, IReadOnlyList<int> Frames)
{
    // a reader costs as much as decoding that many whole frames
    const int PriceOfReader = 3;

    /// <summary>Groups of frames by the whole one they depend on.</summary>
    /// <param name="probe">The video.</param>
    /// <param name="frames">The frames, in order.</param>
    /// <param name="decoding">What must be decoded to get at them.</param>
    /// <param name="together">Whether wanted frames that are whole themselves may be read in one go, if they are not too few among all.</param>
    public static IReadOnlyList<FrameGroup> Of(MediaProbe probe, IReadOnlyList<int> frames, Decoding decoding, bool together)
    {
        var starts = frames.ToLookup(f => probe.WholeFrames.LastOrDefault(w => w.Number <= f).Number);
        List<int> whole = together ? [.. starts.Where(g => g.All(f => f == g.Key)).Select(g => g.Key)] : [];
        var among = whole.Count == 0 ? 0 : probe.WholeFrames.Count(w => w.Number >= whole[0] && w.Number <= whole[^1]);
        if (whole.Count < 2 || among > PriceOfReader * whole.Count)
            whole = [];
        IEnumerable<FrameGroup> inOneGo = whole.Count > 0 ? [new FrameGroup(whole[0], Decoding.Whole, whole)] : [];
        return [.. inOneGo, .. starts.Where(g => !whole.Contains(g.Key)).Select(g => new FrameGroup(g.Key, decoding, [.. g]))];
    }

    /// <summary>The arguments of its reader, up to the file. Frames before the whole one are not read, and none is thrown away after decoding.</summary>
    public IReadOnlyList<string> Reader(Timeline timeline) =>
        ["-threads", "1", .. Decoding.SkippedFrames(), "-noaccurate_seek", "-ss", Seconds(SeekTo(timeline))];

    /// <summary>The filter that lets its frames through and no others: by their times, so that it does not matter which ones were decoded.</summary>
    public string Filter(Timeline timeline)
    {
        var places = Frames.Select(timeline.Around).Select(p => (Time: p.Time - SeekTo(timeline), p.Clear)).ToList();
        var chosen = string.Join('+', places.Select(p => $"lt(abs(t-({Seconds(p.Time)}))\\,{Seconds(p.Clear)})"));
        return $"trim=end={Seconds(places[^1].Time + places[^1].Clear)},select='{chosen}',setpts=N/TB";
    }

    double SeekTo(Timeline timeline)
    {
        var (time, clear) = timeline.Around(Start);
        return time + (clear / 2);
    }

    static string Seconds(double time) => time.ToString("0.######", CultureInfo.InvariantCulture);
}
