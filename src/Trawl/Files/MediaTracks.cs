namespace Trawl.Files;

/// <summary>What a media file says of itself.</summary>
public sealed record MediaTracks
{
    /// <summary>The video codec (h264, h265, av1, vp9, or the four-letter name of another); null without a video track.</summary>
    public string? VideoCodec { get; init; }

    /// <summary>The audio codec (aac, mp3, opus, or a four-letter name); null for a silent file.</summary>
    public string? AudioCodec { get; init; }

    /// <summary>Width of the picture as stored, in pixels.</summary>
    public int Width { get; init; }

    /// <summary>Height of the picture as stored, in pixels.</summary>
    public int Height { get; init; }

    /// <summary>Length of the longest track.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether there is a picture.</summary>
    public bool HasVideo => VideoCodec is not null;

    /// <summary>Whether there is sound.</summary>
    public bool HasAudio => AudioCodec is not null;
}
