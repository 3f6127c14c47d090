namespace Trawl.Keyframes;

/// <summary>
/// Finds hard cuts by how much brighter or darker the picture becomes: a frame is a cut when its change stands out from its neighbours' and is
/// large in itself. The numbers are those of PySceneDetect's AdaptiveDetector on the value channel, every second frame. Pure: frames in, cuts out.
/// </summary>
public sealed class AdaptiveDetector
{
    /// <summary>How many times its neighbours' change a cut must be.</summary>
    public const double Threshold = 3.0;

    /// <summary>How large the change of a cut must be, in grey levels.</summary>
    public const double LeastChange = 15.0;

    /// <summary>Frames between two cuts.</summary>
    public const int LeastLength = 15;

    const int Neighbours = 2;
    const int Window = (2 * Neighbours) + 1;

    readonly Queue<(int Frame, double Score)> _window = new();
    readonly List<int> _cuts = [];
    byte[]? _previous;
    int? _lastCut;

    /// <summary>The frames that start a new scene, in order.</summary>
    public IReadOnlyList<int> Cuts => _cuts;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">Its number in the video.</param>
    /// <param name="rgb">Its pixels, three bytes each.</param>
    /// <returns>How much it differs from the frame before, in grey levels; 0 for the first.</returns>
    public double Add(int frame, ReadOnlySpan<byte> rgb)
    {
        var value = BrightestOf(rgb);
        var score = _previous is null ? 0 : MeanDifference(value, _previous);
        _previous = value;
        _lastCut ??= frame;
        _window.Enqueue((frame, score));
        if (_window.Count > Window)
            _window.Dequeue();
        if (_window.Count == Window)
            Judge(frame);
        return score;
    }

    void Judge(int newest)
    {
        var (frame, score) = _window.ElementAt(Neighbours);
        var around = (_window.Sum(f => f.Score) - score) / (Window - 1);
        var ratio =
            around >= 1e-5 ? Math.Min(score / around, 255)
            : score >= LeastChange ? 255
            : 0;
        // the distance is taken from the newest frame, not from the judged one: the reference does so, and its numbers depend on it
        if (ratio < Threshold || score < LeastChange || newest - _lastCut < LeastLength)
            return;
        _cuts.Add(frame);
        _lastCut = frame;
    }

    static byte[] BrightestOf(ReadOnlySpan<byte> rgb)
    {
        var value = new byte[rgb.Length / 3];
        for (var i = 0; i < value.Length; i++)
            value[i] = Math.Max(rgb[3 * i], Math.Max(rgb[(3 * i) + 1], rgb[(3 * i) + 2]));
        return value;
    }

    static double MeanDifference(byte[] a, byte[] b)
    {
        long sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return sum / (double)a.Length;
    }
}
