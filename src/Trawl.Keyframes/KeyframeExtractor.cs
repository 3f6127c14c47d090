using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>The front door: a video file in, its scenes and keyframes out.</summary>
public sealed class KeyframeExtractor
{
    const int EdgeGuard = 4;
    const double ClearlySharper = 1.2;

    readonly IDecoder _decoder;
    readonly KeyframeOptions _options;

    /// <summary>With the ffmpeg program.</summary>
    public KeyframeExtractor(Ffmpeg ffmpeg, KeyframeOptions? options = null)
        : this(new FfmpegDecoder(ffmpeg), options ?? new KeyframeOptions()) { }

    internal KeyframeExtractor(IDecoder decoder, KeyframeOptions options) => (_decoder, _options) = (decoder, options);

    /// <summary>Extracts the keyframes of a video.</summary>
    /// <param name="path">The video.</param>
    /// <param name="folder">Where the pictures go; made when missing.</param>
    /// <param name="cancellation">Stops it; ffmpeg is killed.</param>
    /// <exception cref="TrawlException">When ffmpeg is missing, fails, or takes too long, and when the file is no video.</exception>
    public async Task<KeyframeSet> RunAsync(string path, string folder, CancellationToken cancellation = default)
    {
        var probe = await _decoder.ProbeAsync(path, cancellation).ConfigureAwait(false);
        if (probe.Width <= 0 || probe.Height <= 0)
            throw new TrawlException(FailureKind.WrongContent, $"{Path.GetFileName(path)} has pictures without a size.");
        using var drafts = new Drafts(folder);
        var list = await DetectAsync(path, drafts.FolderPath, probe, cancellation).ConfigureAwait(false);
        return await TakeAsync(path, folder, drafts.FolderPath, probe, list, cancellation).ConfigureAwait(false);
    }

    Task<SceneList> DetectAsync(string path, string drafts, MediaProbe probe, CancellationToken cancellation)
    {
        var detector = new SceneDetector(_decoder);
        return _options.Mode switch
        {
            KeyframeMode.ScenePlus => detector.DetectShotsAsync(path, probe, Decoding.References, drafts, cancellation),
            KeyframeMode.Fast => detector.DetectShotsAsync(path, probe, Decoding.Forward, drafts, cancellation),
            _ => detector.DetectAsync(path, probe, cancellation),
        };
    }

    async Task<KeyframeSet> TakeAsync(
        string path,
        string folder,
        string drafts,
        MediaProbe probe,
        SceneList list,
        CancellationToken cancellation
    )
    {
        var plan = KeyframePlan.Make(_options, list, probe);
        var decoding = list.Decoded.Count > 0 ? Decoding.References : Decoding.All;
        var others =
            _options.StrictBlur || _options.Mode == KeyframeMode.Fast ? [] : plan.ToDictionary(p => p, p => SharperThan(p, list.Sharpness));
        var frames = plan.Select(p => p.Frame).Concat(others.Values.OfType<int>());
        var pictures = await GrabAsync(frames, decoding).ConfigureAwait(false);
        if (pictures.Count == 0)
            throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg took no picture of {Path.GetFileName(path)}.");
        // a shot may begin or end in the dark
        foreach (var place in others.Keys.Where(p => p.To - p.From > 1 && !SeesSomething(p.Frame) && !SeesSomething(others[p])).ToList())
            others[place] = place.From + (2 * (place.To - place.From) / 3);
        var missing = others.Values.OfType<int>().Where(f => !pictures.ContainsKey(f));
        foreach (var (frame, picture) in await GrabAsync(missing, Decoding.All).ConfigureAwait(false))
            pictures[frame] = picture;

        var (keyframes, skipped) = (new List<Keyframe>(), new List<SkippedFrame>());
        foreach (var place in plan)
        {
            var planned = pictures.GetValueOrDefault(place.Frame);
            var other = others.GetValueOrDefault(place) is { } frame ? pictures.GetValueOrDefault(frame) : null;
            var choice = !IsGood(planned) && IsBetter(other, planned) ? other : planned;
            if (Objection(choice, keyframes) is { } objection)
                skipped.Add(new SkippedFrame(place.Scene, place.Time, objection));
            else
                keyframes.Add(
                    Keep(choice!, place, choice == planned ? "planned" : "sharpest", keyframes.Count + 1, list.Scenes, probe, folder)
                );
        }
        if (_options.Mode == KeyframeMode.Fast)
            skipped.AddRange(
                list.Scenes.Where(s => plan.All(p => p.Scene != s.Number))
                    .Select(s => new SkippedFrame(s.Number, (s.Start + s.End) / 2, "not stored whole"))
            );
        return new KeyframeSet(probe, list.Scenes, keyframes, [.. skipped.OrderBy(s => s.Time)]);

        Task<Dictionary<int, Picture>> GrabAsync(IEnumerable<int> wanted, Decoding way) =>
            _decoder.GrabAsync(path, probe, wanted, way, _options, drafts, cancellation);

        bool SeesSomething(int? frame) => frame is { } number && pictures.GetValueOrDefault(number) is { Emptiness: null };
    }

    bool IsGood(Picture? picture) => picture is not null && picture.Emptiness is null && picture.Sharpness >= _options.LeastSharpness;

    static bool IsBetter(Picture? one, Picture? other) =>
        one is not null && one.Emptiness is null && (other is null || other.Emptiness is not null || one.Sharpness > other.Sharpness);

    // The sharpest frame that could stand for the same, if it promises to be clearly sharper; seen small, they can only be compared.
    static int? SharperThan(PlannedFrame place, IReadOnlyList<FrameScore> sharpness)
    {
        // next to a cut a frame may belong to the other side
        var guard = Math.Min(EdgeGuard, (place.To - place.From) / 4);
        var around = sharpness.Where(s => s.Frame >= place.From + guard && s.Frame < place.To - guard).ToList();
        if (around.Count == 0)
            return null;
        var (best, own) = (around.MaxBy(s => s.Value), around.MinBy(s => Math.Abs(s.Frame - place.Frame)));
        return best.Value > ClearlySharper * own.Value ? best.Frame : null;
    }

    string? Objection(Picture? picture, List<Keyframe> before)
    {
        if (picture is null)
            return "not there";
        if (_options.StrictBlur)
            return picture.Sharpness < _options.LeastSharpness ? "soft" : null;
        if (picture.Emptiness is { } emptiness)
            return emptiness;
        return before.Find(k => PictureHash.LookAlike(k.Hash, picture.Hash)) is { } alike ? $"like {alike.Number}" : null;
    }

    Keyframe Keep(Picture picture, PlannedFrame place, string why, int number, IReadOnlyList<Scene> scenes, MediaProbe probe, string folder)
    {
        var time = picture.Frame == place.Frame ? place.Time : probe.Timeline.TimeOf(picture.Frame);
        return picture.KeepAs(number, scenes[place.Scene - 1], time, why, folder, _options);
    }
}
