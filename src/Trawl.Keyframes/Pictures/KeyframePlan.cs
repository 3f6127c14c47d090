namespace Trawl.Keyframes;

/// <summary>A place for a picture.</summary>
/// <param name="Scene">The scene it stands for.</param>
/// <param name="Time">When, in seconds.</param>
/// <param name="Frame">Its frame.</param>
/// <param name="From">The first frame that could stand for the same.</param>
/// <param name="To">The first frame after those.</param>
sealed record PlannedFrame(int Scene, double Time, int Frame, int From, int To);

/// <summary>Where in a video the pictures are taken. Pure.</summary>
static class KeyframePlan
{
    const double EdgeGuard = 0.15;
    const double ShortScene = 0.5;
    const double ShortOffset = 0.25;
    const double EdgeSeconds = 0.45; // half of a gradual transition, and how far its middle may be missed

    /// <summary>The places, in order.</summary>
    public static IReadOnlyList<PlannedFrame> Make(KeyframeOptions options, SceneList list, MediaProbe probe)
    {
        var scenes = list.Scenes;
        var whole = scenes is [var only] ? only : new Scene(1, 0, probe.Timeline.Frames, 0, probe.Timeline.End);
        var places = options.Mode switch
        {
            KeyframeMode.Scene when scenes.Count > 1 => scenes.Select(s =>
                At(s.Number, Middle(s), s.StartFrame, s.EndFrame, probe.Timeline)
            ),
            KeyframeMode.ScenePlus => Places(scenes, whole, probe).Select(p => Cheap(p, list.Decoded, probe)),
            KeyframeMode.Fast => Places(scenes, whole, probe).Select(p => Stored(p, probe)).OfType<PlannedFrame>(),
            KeyframeMode.Scene => Parts(whole, BySceneLength(whole.End), EdgeGuard, probe.Timeline),
            KeyframeMode.Count => Parts(whole, options.Count, 0, probe.Timeline),
            KeyframeMode.Interval => Each(Every(options.Interval.TotalSeconds, whole.End), scenes, probe.Timeline),
            KeyframeMode.IFrame => probe.WholeFrames.Select(w => new PlannedFrame(
                SceneOf(w.Number, scenes),
                probe.Timeline.TimeOf(w.Number),
                w.Number,
                w.Number,
                w.Number + 1
            )),
            KeyframeMode.LegacyLength => Each(ByLength(whole.End), scenes, probe.Timeline),
            KeyframeMode.Av1Uniform => Parts(whole, ByAv1Length(whole.End), 0.25, probe.Timeline),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "A mode without a plan."),
        };
        var most = options.Most > 0 ? options.Most : int.MaxValue;
        // of a video of few frames several places may be the same
        return [.. places.Distinct().Take(most)];
    }

    static int SceneOf(int frame, IReadOnlyList<Scene> scenes) => scenes.LastOrDefault(s => s.StartFrame <= frame)?.Number ?? 1;

    static PlannedFrame At(int scene, double time, int from, int to, Timeline timeline) =>
        new(scene, time, timeline.FrameAt(time), from, to);

    static IEnumerable<PlannedFrame> Places(IReadOnlyList<Scene> scenes, Scene whole, MediaProbe probe) =>
        scenes.Count > 1
            ? scenes.Select((s, i) => Clear(s, scenes.ElementAtOrDefault(i + 1), probe))
            : Parts(whole, BySceneLength(whole.End), EdgeGuard, probe.Timeline);

    // away from gradual transitions, where two shots are seen
    static PlannedFrame Clear(Scene scene, Scene? next, MediaProbe probe)
    {
        var place = At(scene.Number, Middle(scene), scene.StartFrame, scene.EndFrame, probe.Timeline);
        var edge = Edge(place, probe);
        return place with
        {
            From = place.From + (scene.StartsGradually ? edge : 0),
            To = place.To - (next?.StartsGradually == true ? edge : 0),
        };
    }

    // the stored one, or the first decoded frame that is clear of the edge
    static PlannedFrame Cheap(PlannedFrame place, IReadOnlyList<int> decoded, MediaProbe probe)
    {
        if (Stored(place, probe) is { } stored)
            return stored;
        var edge = Edge(place, probe);
        return Moved(place, decoded.FirstOrDefault(d => d >= place.From + edge && d < place.To, (place.From + place.To) / 2), probe);
    }

    // the largest of the frames that were stored whole and are away from the edges, or the first of all
    static PlannedFrame? Stored(PlannedFrame place, MediaProbe probe)
    {
        var edge = Edge(place, probe);
        var inside = probe.WholeFrames.Where(w => w.Number >= place.From && w.Number < place.To).ToList();
        var clear = inside.Where(w => w.Number >= place.From + edge && w.Number < place.To - edge).ToList();
        return inside.Count == 0 ? null : Moved(place, (clear.Count > 0 ? clear.MaxBy(w => w.Size) : inside[0]).Number, probe);
    }

    static int Edge(PlannedFrame place, MediaProbe probe) => Math.Min((int)(EdgeSeconds * probe.FrameRate), (place.To - place.From) / 3);

    static PlannedFrame Moved(PlannedFrame place, int frame, MediaProbe probe) =>
        place with
        {
            Frame = frame,
            Time = probe.Timeline.TimeOf(frame),
        };

    static int BySceneLength(double seconds) =>
        seconds switch
        {
            > 10 => 5,
            > 5 => 3,
            _ => 1,
        };

    static int ByAv1Length(double seconds) =>
        seconds switch
        {
            <= 5 => 1,
            <= 15 => 3,
            _ => 5,
        };

    static IEnumerable<double> ByLength(double seconds)
    {
        double[] times = seconds switch
        {
            <= 2 => [seconds / 2],
            <= 30 => [0.2 * seconds, 0.5 * seconds, 0.8 * seconds],
            <= 60 => [10, 30, 50],
            <= 120 => [10, 30, 60, 90],
            _ => [10, 30, 60, 90, 120],
        };
        var kept = times.Where(t => t < seconds - 1).ToList();
        return kept.Count > 0 ? kept : [seconds / 2];
    }

    static IEnumerable<double> Every(double interval, double end)
    {
        for (var i = 0; i * interval < end || i == 0; i++)
            yield return i * interval;
    }

    static IEnumerable<PlannedFrame> Each(IEnumerable<double> times, IReadOnlyList<Scene> scenes, Timeline timeline) =>
        times.Select(time =>
        {
            var frame = timeline.FrameAt(time);
            return new PlannedFrame(SceneOf(frame, scenes), time, frame, frame, frame + 1);
        });

    static IEnumerable<PlannedFrame> Parts(Scene whole, int count, double guard, Timeline timeline)
    {
        var length = whole.End - whole.Start;
        if (count == 1)
            return [At(whole.Number, Middle(whole), whole.StartFrame, whole.EndFrame, timeline)];
        return Enumerable
            .Range(0, count)
            .Select(i =>
                At(
                    whole.Number,
                    Math.Max(whole.Start, Math.Min(whole.Start + ((i + 0.5) * length / count), whole.End - guard)),
                    timeline.FrameAt(whole.Start + (i * length / count)),
                    timeline.FrameAt(whole.Start + ((i + 1) * length / count)),
                    timeline
                )
            );
    }

    static double Middle(Scene scene)
    {
        var length = scene.End - scene.Start;
        return length < ShortScene
            ? scene.Start + Math.Min(length / 2, ShortOffset)
            : Math.Min(scene.Start + (length / 2), scene.End - Math.Min(EdgeGuard, length / 2));
    }
}
