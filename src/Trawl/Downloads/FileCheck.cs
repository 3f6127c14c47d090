using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.Downloads;

/// <summary>Holds a file against what was promised of it: how long it plays, and how large it is.</summary>
static class FileCheck
{
    // sources name whole seconds, and the last second may be a fraction
    static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);
    const double Tolerance = 0.1;

    // a transcode of another day has another size; less than half or more than twice is another file
    const double Factor = 2;
    const long TooSmallToJudge = 64 * 1024;

    /// <summary>What speaks against a file; null when it is what was promised.</summary>
    public static TrawlException? Objection(VideoFile file, Video video)
    {
        if (video.Duration is { } promised && file.Tracks.Duration is { Ticks: > 0 } measured && IsOff(promised, measured))
            return new TrawlException(
                FailureKind.WrongContent,
                $"The file plays {measured.TotalSeconds:0.#} s, {video.Url.Identity} plays {promised.TotalSeconds:0.#} s."
            )
            {
                Detail = "WRONG_DURATION",
            };
        if (file.Format.Size is > TooSmallToJudge and var size && (file.Size * Factor < size || file.Size > size * Factor))
            return new TrawlException(FailureKind.WrongContent, $"The file has {file.Size} bytes, {size} were promised.")
            {
                Detail = "WRONG_SIZE",
            };
        return null;
    }

    static bool IsOff(TimeSpan promised, TimeSpan measured)
    {
        var allowed = promised * Tolerance;
        return (promised - measured).Duration() > (allowed > Rounding ? allowed : Rounding);
    }
}
