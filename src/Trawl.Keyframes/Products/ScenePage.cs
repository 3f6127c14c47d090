using System.Globalization;
using System.Net;
using System.Text;

namespace Trawl.Keyframes;

/// <summary>Scenes and pictures side by side as one HTML file that opens from disk and needs nothing else.</summary>
public static class ScenePage
{
    const string Style =
        ":root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:72rem;padding:0 1rem}"
        + "h1{font-size:1.3rem}p{opacity:.75}section{display:grid;grid-template-columns:11rem 1fr;gap:1rem;border-top:1px solid #8884;padding:1rem 0}"
        + "h2{font-size:1rem;margin:0}.bar{height:.5rem;background:#8883;border-radius:.25rem;overflow:hidden;margin:.4rem 0}"
        + ".bar i{display:block;height:100%;background:#3b82f6}.shots{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}"
        + "img{height:16rem;border-radius:.4rem;display:block}figcaption{font-size:.85rem;opacity:.8}.none{opacity:.6}";

    /// <summary>The text of the page.</summary>
    /// <param name="set">The scenes and their pictures, which must still lie where they were put.</param>
    /// <param name="title">What it is called.</param>
    public static string Write(KeyframeSet set, string title)
    {
        var length = Math.Max(set.Probe.Timeline.End, 0.001);
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Safe(title)}</title><style>{Style}</style>\n<h1>{Safe(title)}</h1>\n<p>{set.Scenes.Count} scenes, {set.Keyframes.Count} pictures, {TimeCode.Short(length)} long, {set.Probe.ShownWidth}x{set.Probe.ShownHeight}, {set.Probe.FrameRate:0.##} frames a second, {Safe(set.Probe.VideoCodec)}</p>\n"
        );
        foreach (var scene in set.Scenes)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<section><div><h2>Scene {scene.Number}</h2>{TimeCode.Short(scene.Start)} to {TimeCode.Short(scene.End)}<div class=\"bar\"><i style=\"margin-left:{100 * scene.Start / length:0.##}%;width:{100 * (scene.End - scene.Start) / length:0.##}%\"></i></div></div><div class=\"shots\">"
            );
            foreach (var keyframe in set.Keyframes.Where(k => k.Scene.Number == scene.Number))
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"<figure><img alt=\"{TimeCode.Short(keyframe.Time)}\" src=\"data:image/{Type(keyframe.Path)};base64,{Convert.ToBase64String(File.ReadAllBytes(keyframe.Path))}\"><figcaption>{TimeCode.Short(keyframe.Time)}, frame {keyframe.Frame}, {Safe(keyframe.Why)}, sharpness {keyframe.Sharpness:0}{(keyframe.IsSoft ? ", soft" : "")}</figcaption></figure>"
                );
            foreach (var skipped in set.Skipped.Where(s => s.Scene == scene.Number))
                page.Append($"<p class=\"none\">{TimeCode.Short(skipped.Time)}: no picture, {Safe(skipped.Why)}</p>");
            page.Append("</div></section>\n");
        }
        return page.Append("</html>\n").ToString();
    }

    static string Type(string path) => Path.GetExtension(path) is ".jpg" ? "jpeg" : Path.GetExtension(path).TrimStart('.');

    static string Safe(string text) => WebUtility.HtmlEncode(text);
}
