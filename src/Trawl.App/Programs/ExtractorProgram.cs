using Trawl.Keyframes;

namespace Trawl.App.Programs;

/// <summary>Trawl itself, started once more to look into videos (<see cref="ExtractorLoop"/>).</summary>
static class ExtractorProgram
{
    const string Name = "trawl-app";
    const int Worthwhile = 2;

    /// <summary>The argument it is started with.</summary>
    public const string Verb = "extractor";

    /// <summary>The program and its arguments; null where the ffmpeg program does as well: for a single video, or where Trawl has no program of its own.</summary>
    /// <param name="videos">How many videos there will be.</param>
    public static IReadOnlyList<string>? For(int videos) => videos >= Worthwhile && Find() is { } program ? [program, Verb] : null;

    static string? Find()
    {
        string?[] places = [Environment.ProcessPath, Path.Combine(AppContext.BaseDirectory, Name)];
        return Array.Find(places, p => Path.GetFileNameWithoutExtension(p) == Name && File.Exists(p));
    }
}
