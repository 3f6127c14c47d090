using System.Text.Json;
using Trawl.Keyframes;

namespace Trawl.App.Storage;

/// <summary>Writes <c>keyframes.json</c>: which picture shows what.</summary>
static class KeyframesJson
{
    public static byte[] Write(KeyframeSet set) => JsonText.Document(writer => Write(writer, set, Path.GetFileName), indented: true);

    /// <summary>The same on one line, with whole paths and the file they are of.</summary>
    public static string Line(KeyframeSet set, string file) =>
        JsonText.Line(writer =>
        {
            writer.WriteString("file", file);
            Write(writer, set, path => path);
        });

    static void Write(Utf8JsonWriter writer, KeyframeSet set, Func<string, string?> shown)
    {
        writer.WriteNumber("schema", 1);
        writer.WriteNumber("fps", Math.Round(set.Probe.FrameRate, 3));
        writer.WriteStartArray("scenes");
        foreach (var scene in set.Scenes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("scene", scene.Number);
            writer.WriteNumber("start", Math.Round(scene.Start, 6));
            writer.WriteNumber("end", Math.Round(scene.End, 6));
            writer.WriteNumber("start_frame", scene.StartFrame);
            writer.WriteNumber("end_frame", scene.EndFrame);
            if (scene.StartsGradually)
                writer.WriteBoolean("gradual", true);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("keyframes");
        foreach (var keyframe in set.Keyframes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", keyframe.Number);
            writer.WriteNumber("scene", keyframe.Scene.Number);
            writer.WriteNumber("start", Math.Round(keyframe.Scene.Start, 6));
            writer.WriteNumber("end", Math.Round(keyframe.Scene.End, 6));
            writer.WriteNumber("time", Math.Round(keyframe.Time, 6));
            writer.WriteNumber("frame", keyframe.Frame);
            writer.WriteNumber("sharpness", Math.Round(keyframe.Sharpness, 3));
            writer.WriteBoolean("low_sharpness", keyframe.IsSoft);
            writer.WriteString("hash", $"{keyframe.Hash:x16}");
            writer.WriteString("why", keyframe.Why);
            writer.WriteString("path", shown(keyframe.Path));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("skipped");
        foreach (var skipped in set.Skipped)
        {
            writer.WriteStartObject();
            writer.WriteNumber("scene", skipped.Scene);
            writer.WriteNumber("time", Math.Round(skipped.Time, 6));
            writer.WriteString("why", skipped.Why);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
