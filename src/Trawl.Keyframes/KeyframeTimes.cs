namespace Trawl.Keyframes;

/// <summary>Where in the scenes the pictures are taken. Pure.</summary>
public static class KeyframeTimes
{
    const int MostScenes = 50;
    const double EdgeGuard = 0.15;
    const double ShortScene = 0.5;
    const double ShortOffset = 0.25;

    /// <summary>The scene numbers and times, in seconds: several for a video without cuts, else each scene's middle.</summary>
    public static IReadOnlyList<(int Scene, double Time)> Choose(IReadOnlyList<Scene> scenes)
    {
        if (scenes is not [var only])
            return [.. scenes.Take(MostScenes).Select(s => (s.Number, Middle(s)))];

        var length = only.End - only.Start;
        var count = length switch
        {
            > 10 => 5,
            > 5 => 3,
            _ => 1,
        };
        if (count == 1)
            return [(only.Number, Middle(only))];
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => (only.Number, Math.Clamp(only.Start + ((i + 0.5) * length / count), only.Start, only.End - EdgeGuard))),
        ];
    }

    static double Middle(Scene scene)
    {
        var length = scene.End - scene.Start;
        return length < ShortScene
            ? scene.Start + Math.Min(length / 2, ShortOffset)
            : Math.Min(scene.Start + (length / 2), scene.End - Math.Min(EdgeGuard, length / 2));
    }
}
