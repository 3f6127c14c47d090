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
    byte[] _previous = [];
    int? _lastCut;

    /// <summary>The frames that start a new scene, in order.</summary>
    public IReadOnlyList<int> Cuts => _cuts;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">Its number in the video.</param>
    /// <param name="value">The brightest of each pixel's three colours.</param>
    /// <returns>How much it differs from the frame before, in grey levels; 0 for the first.</returns>
    public double Add(int frame, ReadOnlySpan<byte> value)
    {
        var score = _previous.Length == 0 ? 0 : PixelMath.SumOfDifferences(value, _previous) / (double)value.Length;
        if (_previous.Length != value.Length)
            _previous = new byte[value.Length];
        value.CopyTo(_previous);
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
}
