using System.Globalization;
using System.Text;

namespace Trawl.Keyframes;

/// <summary>Texts that players read along with a video.</summary>
public static class WebVtt
{
    /// <summary>The scenes as chapters.</summary>
    public static string Chapters(IReadOnlyList<Scene> scenes) =>
        Write(scenes.Select(s => (s.Start, s.End, $"Scene {s.Number.ToString(CultureInfo.InvariantCulture)}")));

    /// <summary>The fields of a storyboard as thumbnails.</summary>
    public static string Thumbnails(IReadOnlyList<StoryboardField> fields) =>
        Write(fields.Select(f => (f.Start, f.End, $"{Uri.EscapeDataString(f.File)}#xywh={f.X},{f.Y},{f.Width},{f.Height}")));

    static string Write(IEnumerable<(double Start, double End, string Text)> cues)
    {
        var text = new StringBuilder("WEBVTT\n");
        foreach (var (start, end, line) in cues)
            text.Append($"\n{TimeCode.Long(start)} --> {TimeCode.Long(end)}\n{line}\n");
        return text.ToString();
    }
}
