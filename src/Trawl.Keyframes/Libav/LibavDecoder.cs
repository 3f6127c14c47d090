using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>
/// Sees into videos with ffmpeg's libraries, in this process: it starts once for many videos, looks into decoded frames where they lie, and decodes
/// only what a picture needs. A hostile file may take the process down, so this one is only used where nothing else lives
/// (<see cref="ExtractorLoop"/>).
/// </summary>
sealed unsafe class LibavDecoder : IDecoder
{
    public LibavDecoder()
    {
        if (!Libav.IsThere)
            throw new TrawlException(FailureKind.ToolMissing, "ffmpeg's libraries are not installed in the version that is known.");
    }

    public Task<MediaProbe> ProbeAsync(string path, CancellationToken cancellation)
    {
        using var video = new LibavVideo(path);
        List<VideoPacket> packets = [];
        video.ReadPackets(packets.Add, cancellation);
        return Task.FromResult(video.Describe(packets));
    }

    public Task SampleAsync(string path, int every, TapSampler sampler, TakeFrame take, CancellationToken cancellation)
    {
        using var video = new LibavVideo(path);
        using var rows = new ColourRows(video.Width, video.Height);
        var small = new byte[sampler.Width * sampler.Height];
        var number = 0;
        video.Decode(_ => true, Look, cancellation);
        return Task.CompletedTask;

        bool Look(AVFrame* frame)
        {
            if (number++ % every != 0)
                return true;
            rows.Load(frame);
            sampler.Sample(rows, small);
            take(small);
            return true;
        }
    }

    public Task<IReadOnlyList<double>> ShrinkAsync(
        string path,
        Decoding decoding,
        int width,
        int height,
        TakeFrame take,
        string drafts,
        CancellationToken cancellation
    )
    {
        using var video = new LibavVideo(path, ("skip_frame", decoding.Skipped()), ("skip_loop_filter", "all"));
        using var shrinker = new Shrinker(width, height, "gray", 1, Libav.Area);
        List<double> times = [];
        video.Decode(_ => true, Look, cancellation);
        return Task.FromResult<IReadOnlyList<double>>(times);

        bool Look(AVFrame* frame)
        {
            times.Add(video.TimeOf(frame));
            take(shrinker.Shrink(frame));
            return true;
        }
    }

    public Task<Dictionary<int, Picture>> GrabAsync(
        string path,
        MediaProbe probe,
        IEnumerable<int> frames,
        Decoding decoding,
        KeyframeOptions options,
        string folder,
        CancellationToken cancellation
    )
    {
        var taken = new Dictionary<int, Picture>();
        // in H.264 it is certain that no frame needs one that calls itself unneeded; in others a higher layer may
        var cheap = decoding != Decoding.All || probe.VideoCodec == "h264";
        List<int> wanted = [.. frames.Distinct().Order()];
        foreach (var way in (Decoding[])[cheap ? Decoding.References : Decoding.All, Decoding.All])
        {
            List<int> missing = [.. wanted.Where(f => !taken.ContainsKey(f))];
            if (missing.Count > 0)
                Grab(path, probe, missing, way, options, folder, taken, cancellation);
        }
        return Task.FromResult(taken);
    }

    // Packets are read from the first to the last and decoded where a wanted frame depends on them: from a whole frame on until it has come.
    static void Grab(
        string path,
        MediaProbe probe,
        IReadOnlyList<int> frames,
        Decoding decoding,
        KeyframeOptions options,
        string folder,
        Dictionary<int, Picture> taken,
        CancellationToken cancellation
    )
    {
        using var video = new LibavVideo(path);
        using var pictures = new LibavPictures(probe, video, options);
        var groups = FrameGroup.Of(probe, frames, decoding, together: false).ToDictionary(g => g.Start, g => g.Frames);
        var wanted = frames.ToHashSet();
        var awaited = new HashSet<int>();
        var skipping = false;
        video.Decode(Choose, Take, cancellation);

        bool Choose(VideoPacket packet)
        {
            if (probe.Timeline.Find(packet.Time) is not { } number)
                return awaited.Count > 0;
            if (groups.Remove(number, out var group))
            {
                if (awaited.Count == 0)
                    video.Forget();
                awaited.UnionWith(group);
            }
            if (awaited.Count > 0 && skipping != (decoding != Decoding.All && !wanted.Contains(number)))
            {
                skipping = !skipping;
                video.Set("skip_frame", (skipping ? decoding : Decoding.All).Skipped());
            }
            return awaited.Count > 0;
        }

        bool Take(AVFrame* frame)
        {
            if (probe.Timeline.Find(video.TimeOf(frame)) is { } number && wanted.Remove(number))
            {
                taken[number] = pictures.Take(frame, number, folder);
                awaited.Remove(number);
            }
            return wanted.Count > 0;
        }
    }

    public Task OpenAsync(IReadOnlyList<string> paths, int width, int height, TakeFrame take, CancellationToken cancellation)
    {
        using var shrinker = new Shrinker(width, height, "rgb24", 3, Libav.Bicubic);
        foreach (var path in paths)
            LibavStill.Open(path, frame => take(shrinker.Shrink(frame)));
        return Task.CompletedTask;
    }

    public Task SaveAsync(Canvas canvas, string path, CancellationToken cancellation)
    {
        LibavStill.Save(canvas, path);
        return Task.CompletedTask;
    }
}
