using System.Collections.Immutable;
using Trawl.Http;

namespace Trawl.Videos;

/// <summary>One downloadable form of a video, and the session its address is bound to.</summary>
public sealed record MediaFormat
{
    /// <summary>What tells it from the other formats of the video; letters, digits, hyphen and underscore.</summary>
    public required string Id { get; init; }

    /// <summary>Where it can be fetched; the same file under several addresses, best first.</summary>
    public required ImmutableArray<Uri> Addresses { get; init; }

    /// <summary>Who must ask for it.</summary>
    public required Session Session { get; init; }

    /// <summary>h264, h265, bytevc2, ...; null where the source does not say.</summary>
    public string? Codec { get; init; }

    /// <summary>Width in pixels; null where the source does not say.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels; null where the source does not say.</summary>
    public int? Height { get; init; }

    /// <summary>Bits per second, sound included; null where the source does not say.</summary>
    public long? Bitrate { get; init; }

    /// <summary>Size in bytes, without <see cref="Sound"/>; null where the source does not say.</summary>
    public long? Size { get; init; }

    /// <summary>How much of the picture is kept, as the source has measured it (VMAF at 1080p, 0 to 100); null where it does not say.</summary>
    public double? Quality { get; init; }

    /// <summary>Whether the platform's watermark is on the picture.</summary>
    public bool Watermarked { get; init; }

    /// <summary>Whether it is sound without a picture.</summary>
    public bool AudioOnly { get; init; }

    /// <summary>The sound, where it lies in a file of its own: both are fetched and put together.</summary>
    public MediaFormat? Sound { get; init; }

    /// <summary>Whether it is a picture without sound, and none is offered for it.</summary>
    public bool Silent { get; init; }

    /// <summary>Whether only the strategy that found it can fetch it: it comes in fragments, or must be merged.</summary>
    public bool ByStrategy { get; init; }

    /// <summary>When its addresses stop working; null where they do not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The quality: the shorter side in pixels, so that 576x1024 and 1024x576 are the same class.</summary>
    public int? ShortSide
    {
        get => field ?? (Width is { } w && Height is { } h ? Math.Min(w, h) : null);
        init;
    }

    /// <summary>For example <c>normal_540_0 h264 576x1024</c>.</summary>
    public override string ToString() =>
        string.Join(' ', new[] { Id, Codec, Width is null ? null : $"{Width}x{Height}" }.Where(part => part is not null));
}
