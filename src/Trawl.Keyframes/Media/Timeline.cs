namespace Trawl.Keyframes;

/// <summary>Which frame is shown when. Times are seconds from the beginning of the video.</summary>
public sealed class Timeline
{
    readonly double[] _shown;

    /// <summary>Makes a timeline.</summary>
    /// <param name="rate">Frames per second on average.</param>
    /// <param name="shown">When each frame is shown, in order.</param>
    public Timeline(double rate, IReadOnlyList<double> shown)
    {
        (Rate, _shown) = (rate > 0 ? rate : 25, [.. shown]);
        var half = 0.5 / Rate;
        IsSteady = !_shown.Where((time, i) => Math.Abs(time - (i / Rate)) > half).Any();
    }

    /// <summary>Frames per second on average.</summary>
    public double Rate { get; }

    /// <summary>When each frame is shown, in order, by its own account.</summary>
    public IReadOnlyList<double> Shown => _shown;

    /// <summary>The number of frames.</summary>
    public int Frames => _shown.Length;

    /// <summary>Whether each frame is shown for the same time.</summary>
    public bool IsSteady { get; }

    /// <summary>When the last frame has been shown.</summary>
    public double End => TimeOf(Frames);

    /// <summary>When a frame is shown; of the one after the last, when that ends.</summary>
    public double TimeOf(int frame) =>
        IsSteady ? frame / Rate
        : frame < _shown.Length ? _shown[frame]
        : _shown.Length == 0 ? 0
        : _shown[^1] + (1 / Rate);

    /// <summary>The frame that is shown at a time.</summary>
    public int FrameAt(double time)
    {
        if (IsSteady)
            return Math.Clamp((int)(time * Rate), 0, Math.Max(0, Frames - 1));
        var found = Array.BinarySearch(_shown, time);
        return Math.Max(0, found >= 0 ? found : ~found - 1);
    }

    /// <summary>The frame that is shown from exactly this time on by its own account; null if none is.</summary>
    internal int? Find(double shown) => Array.BinarySearch(_shown, shown) is >= 0 and var found ? found : null;

    /// <summary>When a frame is shown by its own account, and how far from that no other frame is.</summary>
    internal (double Time, double Clear) Around(int frame)
    {
        frame = Math.Clamp(frame, 0, Math.Max(0, _shown.Length - 1));
        if (_shown.Length == 0)
            return (0, 0.5 / Rate);
        var before = frame > 0 ? _shown[frame] - _shown[frame - 1] : double.MaxValue;
        var after = frame + 1 < _shown.Length ? _shown[frame + 1] - _shown[frame] : double.MaxValue;
        return (_shown[frame], Math.Min(1 / Rate, Math.Min(before, after)) / 2);
    }
}
