namespace Trawl.Keyframes;

/// <summary>An uninterrupted shot.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartFrame">Its first frame.</param>
/// <param name="EndFrame">The first frame after it.</param>
/// <param name="Start">Where it starts, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
public sealed record Scene(int Number, int StartFrame, int EndFrame, double Start, double End)
{
    /// <summary>Whether it comes by a dissolve, a slide or a fade, in whose middle it starts. Only the modes that see such transitions say so.</summary>
    public bool StartsGradually { get; init; }
}
