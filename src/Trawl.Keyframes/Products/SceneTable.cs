using System.Globalization;
using System.Text;

namespace Trawl.Keyframes;

/// <summary>The scenes as a CSV file with PySceneDetect's columns: frames count from 1, the end belongs to the scene.</summary>
public static class SceneTable
{
    /// <summary>The text of the file.</summary>
    public static string Write(IReadOnlyList<Scene> scenes)
    {
        var text = new StringBuilder(
            "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time (seconds),"
                + "Length (frames),Length (timecode),Length (seconds)\r\n"
        );
        foreach (var scene in scenes)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{scene.Number},{scene.StartFrame + 1},{TimeCode.Long(scene.Start)},{scene.Start:0.000},{scene.EndFrame},{TimeCode.Long(scene.End)},{scene.End:0.000},{scene.EndFrame - scene.StartFrame},{TimeCode.Long(scene.End - scene.Start)},{scene.End - scene.Start:0.000}\r\n"
            );
        return text.ToString();
    }
}
