using Trawl.Failures;
using Trawl.Files;

namespace Trawl.Keyframes;

/// <summary>The forms the sound of a video can be taken out in.</summary>
public enum SoundForm
{
    /// <summary>As it is in the video, without another encoding.</summary>
    M4a,

    /// <summary>MP3 of 192 kbit/s.</summary>
    Mp3,
}

/// <summary>Takes the sound out of a video.</summary>
public sealed class SoundTrack(Ffmpeg ffmpeg)
{
    /// <summary>Writes a video's sound beside it, with the extension of its form.</summary>
    /// <param name="video">The video.</param>
    /// <param name="form">The form.</param>
    /// <param name="cancellation">Stops it; ffmpeg is killed and nothing is left.</param>
    /// <returns>The path and size of the sound.</returns>
    /// <exception cref="TrawlException"><see cref="FailureKind.NoSuitableFormat"/> when there is none, or when ffmpeg is missing or fails.</exception>
    public async Task<(string Path, long Size)> ExtractAsync(string video, SoundForm form, CancellationToken cancellation = default)
    {
        if (!MediaCheck.Inspect(video).HasAudio)
            throw new TrawlException(FailureKind.NoSuitableFormat, $"{Path.GetFileName(video)} has no sound.");
        var path = Path.ChangeExtension(video, form == SoundForm.Mp3 ? ".mp3" : ".m4a");
        var draft = path + ".new";
        string[] encoder =
            form == SoundForm.Mp3
                ? ["-c:a", "libmp3lame", "-b:a", "192k", "-f", "mp3"]
                : ["-c:a", "copy", "-movflags", "+faststart", "-f", "ipod"];
        try
        {
            await ffmpeg
                .RunAsync([.. Ffmpeg.Input(video), "-map", "0:a:0", "-vn", .. encoder, Ffmpeg.Output(draft)], cancellation)
                .ConfigureAwait(false);
            DurableFile.Rename(draft, path);
            return (path, new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
