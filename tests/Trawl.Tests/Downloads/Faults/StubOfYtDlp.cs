using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Downloads.Faults;

/// <summary>
/// A program that passes for yt-dlp: it names the sandbox's own address of a post. Where the fault strikes what it would ask for itself, it
/// prints what yt-dlp prints then.
/// </summary>
static class StubOfYtDlp
{
    const string Once = "NEW_EACH_TIME";

    public static void Write(TempFolder folder, FaultStage stage, Fault fault, SandboxPost post)
    {
        var clean = post.Variants.First(v => v.Codec == "h264");
        var info =
            $$"""{"id":"{{stage.PostId}}","title":"t","formats":[{"format_id":"h264","url":"{{Fresh(clean.Address)}}","ext":"mp4","vcodec":"h264","acodec":"aac","width":{{clean.Width}},"height":{{clean.Height}},"protocol":"https"}]}""";
        if (stage.Patched is { } patched)
            info = info.Replace(patched.Find, patched.Put, StringComparison.Ordinal);
        File.WriteAllText(folder.File("info.json"), info);
        File.WriteAllText(folder.File("says"), fault.YtDlp + "\n");
        var refuses = stage.AtTheDoor && fault.YtDlp.Length > 0;
        File.WriteAllText(
            folder.File("yt-dlp"),
            $"""
            #!/bin/sh
            [ "$1" = --help ] && exec echo --ignore-config
            case "{(refuses ? "" : "$* ")}" in *" -J "*) exec sed "s/{Once}/$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')/" '{folder.File(
                "info.json"
            )}';; esac
            cat '{folder.File("says")}' >&2
            exit 1
            """
        );
        File.SetUnixFileMode(folder.File("yt-dlp"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // https://v16m.tiktokcdn.com/4cc86938b3e2a3695b9127eb86b397b6/6b1d9c00/video/tos/...
    static string Fresh(string address)
    {
        var parts = address.Split('/');
        parts[3] = Once;
        return string.Join('/', parts);
    }
}
