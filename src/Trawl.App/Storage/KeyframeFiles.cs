using System.Text;
using Trawl.Files;
using Trawl.Keyframes;

namespace Trawl.App.Storage;

/// <summary>Everything there is to make of a video's scenes and keyframes, beside its pictures and its contact sheet: <c>STEM.keyframes/keyframes.json</c>, <c>STEM.scenes.csv</c> and so on.</summary>
public static class KeyframeFiles
{
    /// <summary>Writes them.</summary>
    /// <param name="set">The scenes and keyframes.</param>
    /// <param name="stem">The path their names begin with.</param>
    public static void Write(KeyframeSet set, string stem)
    {
        DurableFile.Write(Path.Combine(stem + ".keyframes", "keyframes.json"), KeyframesJson.Write(set));
        WriteScenes(set, stem);
        Text(stem + ".scenes.html", ScenePage.Write(set, Path.GetFileName(stem)));
    }

    /// <summary>Writes the scenes for other programs: <c>STEM.scenes.csv</c>, and <c>STEM.chapters.vtt</c> for players.</summary>
    public static void WriteScenes(KeyframeSet set, string stem)
    {
        Text(stem + ".scenes.csv", SceneTable.Write(set.Scenes));
        Text(stem + ".chapters.vtt", WebVtt.Chapters(set.Scenes));
    }

    /// <summary>Writes the storyboard of a video: <c>STEM.storyboard-000.jpg</c> ... and <c>STEM.thumbnails.vtt</c>.</summary>
    public static async Task WriteStoryboardAsync(Ffmpeg ffmpeg, string video, string stem, CancellationToken cancellation)
    {
        var probe = await MediaProbe.ReadAsync(ffmpeg, video, cancellation);
        var folder = Path.GetDirectoryName(Path.GetFullPath(stem))!;
        var fields = await new Storyboard(ffmpeg).DrawAsync(video, probe, folder, Path.GetFileName(stem) + ".storyboard", cancellation);
        Text(stem + ".thumbnails.vtt", WebVtt.Thumbnails(fields));
    }

    static void Text(string path, string text) => DurableFile.Write(path, Encoding.UTF8.GetBytes(text));
}
