using System.Text.Json;
using Trawl.Keyframes;
using Trawl.Videos;

namespace Trawl.App.Storage;

/// <summary>Writes a video's metadata with yt-dlp's field names, so that its readers understand it; what is ours stands under <c>_trawl</c>.</summary>
public static class InfoJson
{
    /// <summary>How long a video is: as measured where it was, else as the platform says.</summary>
    public static TimeSpan? DurationOf(Video video, VideoFile? file, KeyframeSet? pictures) =>
        pictures?.Probe.Duration ?? (file?.Tracks.Duration is { Ticks: > 0 } measured ? measured : video.Duration);

    /// <summary>The document of a video.</summary>
    /// <param name="video">What the platform says.</param>
    /// <param name="link">The link as it was given.</param>
    /// <param name="now">The time of writing.</param>
    /// <param name="file">The finished file, if there is one.</param>
    /// <param name="pictures">Its keyframes, if there are any.</param>
    /// <param name="photos">The finished pictures and sound of a photo post, if there are any.</param>
    /// <param name="indented">Whether the document is spread over lines.</param>
    public static byte[] Write(
        Video video,
        string link,
        DateTimeOffset now,
        VideoFile? file = null,
        KeyframeSet? pictures = null,
        PhotoSet? photos = null,
        bool indented = true
    )
    {
        void Write(Utf8JsonWriter writer)
        {
            WriteVideo(writer, video, link, now);
            WriteFile(writer, video, file, pictures);
            WriteFormats(writer, video);
            WriteOurs(writer, video, file, pictures, photos);
        }
        return JsonText.Document(Write, indented);
    }

    static void WriteVideo(Utf8JsonWriter writer, Video video, string link, DateTimeOffset now)
    {
        writer.WriteString("id", video.Id);
        writer.WriteString("title", video.Title);
        writer.WriteString("description", video.Caption);
        writer.WriteString("uploader", video.Author.Handle);
        writer.WriteString("uploader_id", video.Author.Id);
        writer.WriteString("uploader_url", PageOf(video)?.AbsoluteUri);
        writer.WriteString("channel", video.Author.Name);
        writer.WriteString("channel_id", video.Author.SecUid);
        writer.WriteNumberOrNull("timestamp", video.PublishedAt?.ToUnixTimeSeconds());
        writer.WriteString("upload_date", video.PublishedAt?.UtcDateTime.ToString("yyyyMMdd"));
        writer.WriteNumberOrNull("view_count", video.Counts.Views);
        writer.WriteNumberOrNull("like_count", video.Counts.Likes);
        writer.WriteNumberOrNull("comment_count", video.Counts.Comments);
        writer.WriteNumberOrNull("repost_count", video.Counts.Shares);
        writer.WriteNumberOrNull("save_count", video.Counts.Saves);
        writer.WriteString("track", video.Music?.Title);
        writer.WriteString("artist", video.Music?.Author);
        writer.WriteString("album", video.Music?.Album);
        writer.WriteStrings("tags", video.Hashtags);
        writer.WriteString("language", video.Language);
        writer.WriteString("location", video.Location);
        WriteSubtitles(writer, video);
        writer.WriteString("thumbnail", video.Cover?.AbsoluteUri);
        writer.WriteString("webpage_url", video.Url.Canonical.AbsoluteUri);
        writer.WriteString("original_url", link);
        var (extractor, key) = ExtractorOf(video.Url.Platform);
        writer.WriteString("extractor", extractor);
        writer.WriteString("extractor_key", key);
        writer.WriteNumber("epoch", now.ToUnixTimeSeconds());
        writer.WriteString("_type", "video");
    }

    static Uri? PageOf(Video video) =>
        video.Url.Platform == "tiktok" && video.Author.Handle is { } handle
            ? new Uri($"https://www.tiktok.com/@{Uri.EscapeDataString(handle)}")
            : video.Author.Page;

    // yt-dlp's names for the same
    static (string Name, string Key) ExtractorOf(string platform) =>
        platform switch
        {
            "tiktok" => ("TikTok", "TikTok"),
            "youtube" => ("youtube", "Youtube"),
            "bilibili" => ("BiliBili", "BiliBili"),
            _ => (platform, platform),
        };

    static void WriteSubtitles(Utf8JsonWriter writer, Video video)
    {
        writer.WriteStartObject("subtitles");
        foreach (var language in video.Subtitles.GroupBy(s => s.Language))
        {
            writer.WriteStartArray(language.Key);
            foreach (var subtitle in language)
            {
                writer.WriteStartObject();
                writer.WriteString("url", subtitle.Address.AbsoluteUri);
                writer.WriteString("ext", subtitle.Format is "webvtt" or "creator_caption" ? "vtt" : "srt");
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    static void WriteFile(Utf8JsonWriter writer, Video video, VideoFile? file, KeyframeSet? pictures)
    {
        var duration = DurationOf(video, file, pictures);
        writer.WriteNumberOrNull("duration", duration is null ? null : Math.Round(duration.Value.TotalSeconds, 3));
        if (file is null)
            return;
        writer.WriteString("format_id", file.Format.Id);
        writer.WriteString("ext", Path.GetExtension(file.Path).TrimStart('.'));
        writer.WriteString("vcodec", file.Tracks.VideoCodec ?? "none");
        writer.WriteString("acodec", file.Tracks.AudioCodec ?? "none");
        writer.WriteNumberOrNull("width", file.Tracks.HasVideo ? file.Tracks.Width : null);
        writer.WriteNumberOrNull("height", file.Tracks.HasVideo ? file.Tracks.Height : null);
        writer.WriteNumberOrNull("fps", pictures is null ? null : Math.Round(pictures.Probe.FrameRate, 3));
        writer.WriteNumber("filesize", file.Size);
    }

    static void WriteFormats(Utf8JsonWriter writer, Video video)
    {
        writer.WriteStartArray("formats");
        foreach (var format in video.Formats)
        {
            writer.WriteStartObject();
            writer.WriteString("format_id", format.Id);
            writer.WriteString("url", format.Addresses[0].AbsoluteUri);
            writer.WriteString("ext", format.AudioOnly ? "m4a" : "mp4");
            writer.WriteString("vcodec", format.AudioOnly ? "none" : format.Codec);
            writer.WriteString("acodec", format.Silent ? null : "aac");
            writer.WriteNumberOrNull("width", format.Width);
            writer.WriteNumberOrNull("height", format.Height);
            writer.WriteNumberOrNull("tbr", format.Bitrate / 1000);
            writer.WriteNumberOrNull("filesize", format.Size);
            writer.WriteString("format_note", format.Watermarked ? "watermarked" : null);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void WriteOurs(Utf8JsonWriter writer, Video video, VideoFile? file, KeyframeSet? pictures, PhotoSet? photos)
    {
        writer.WriteStartObject("_trawl");
        writer.WriteNumber("schema", 1);
        writer.WriteString("platform", video.Url.Platform);
        writer.WriteString("strategy", video.Strategy);
        writer.WriteStartArray("attempts");
        foreach (var attempt in video.Attempts)
            writer.WriteAttempt(attempt);
        writer.WriteEndArray();
        writer.WriteStrings("mentions", video.Mentions);
        writer.WriteStrings("effects", video.Effects);
        writer.WriteStrings("on_screen_texts", video.OnScreenTexts);
        writer.WriteStrings("labels", video.Labels);
        writer.WriteFlagOrNull("verified", video.Author.Verified);
        writer.WriteFlagOrNull("counts_rounded", video.Counts.Rounded);
        writer.WriteFlagOrNull("is_ad", video.IsAd);
        writer.WriteFlagOrNull("is_ai_generated", video.IsAiGenerated);
        writer.WriteNumberOrNull("published_after", video.PublishedAfter?.ToUnixTimeSeconds());
        writer.WriteNumberOrNull("stale_since", video.StaleSince?.ToUnixTimeSeconds());
        if (video.IsPhotoPost)
            writer.WriteNumber("images", video.Photos.Length);
        if (photos is not null)
            WritePhotos(writer, photos);
        if (file is not null)
        {
            writer.WriteString("sha256", file.Sha256);
            writer.WriteString("degraded", file.Degraded);
        }
        if (pictures is not null)
            writer.WriteNumber("keyframes", pictures.Keyframes.Count);
        writer.WriteEndObject();
    }

    static void WritePhotos(Utf8JsonWriter writer, PhotoSet photos)
    {
        writer.WriteStartArray("photos");
        foreach (var (image, photo) in photos.Images.Zip(photos.Video.Photos))
        {
            writer.WriteStartObject();
            writer.WriteString("file", Path.GetFileName(image.Path));
            writer.WriteNumber("size", image.Size);
            writer.WriteString("sha256", image.Sha256);
            writer.WriteNumberOrNull("width", photo.Width > 0 ? photo.Width : null);
            writer.WriteNumberOrNull("height", photo.Height > 0 ? photo.Height : null);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (photos.Sound is { } sound)
        {
            writer.WriteStartObject("sound");
            writer.WriteString("ext", Path.GetExtension(sound.Path).TrimStart('.'));
            writer.WriteNumber("size", sound.Size);
            writer.WriteString("sha256", sound.Sha256);
            writer.WriteEndObject();
        }
        writer.WriteString("sound_trouble", photos.SoundTrouble);
    }
}
