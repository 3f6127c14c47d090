using System.Buffers.Binary;
using System.Text;
using Trawl.Failures;

namespace Trawl.Files;

/// <summary>
/// Reads the boxes of an MP4 file (ISO/IEC 14496-12) to tell whether it is whole and what it carries. ffprobe finds nothing wrong with a file
/// cut in half as long as its index comes first; this walk does: the boxes must fill the file exactly and every chunk must lie inside it.
/// </summary>
public static class MediaCheck
{
    const int LargestIndex = 64 << 20;
    const int MostBoxes = 100_000;

    /// <summary>Inspects a file.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.WrongContent"/> when it is no MP4, <see cref="FailureKind.Truncated"/> when it ends too early.</exception>
    public static MediaTracks Inspect(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        MediaTracks? tracks = null;
        var hasMedia = false;
        Span<byte> head = stackalloc byte[16];
        if (Extension(head[..RandomAccess.Read(file, head, 0)]) == "mp3")
            return new MediaTracks { AudioCodec = "mp3" }; // frames without an index: any cut is a whole file

        var boxes = 0;
        for (long at = 0; at < length; )
        {
            var have = RandomAccess.Read(file, head, at);
            if (have < 8 || !TryReadHead(head[..have], length - at, out var type, out var size, out var headSize))
                throw at == 0 ? NoMedia() : CutOff(path);
            if (at == 0 && type is not ("ftyp" or "moov" or "styp"))
                throw NoMedia();
            if (at + size > length)
                throw CutOff(path);
            if (type == "moov")
            {
                if (size > LargestIndex)
                    throw NoMedia();
                var index = new byte[size - headSize];
                RandomAccess.Read(file, index, at + headSize);
                tracks = new MediaIndex(length).Read(index);
            }
            hasMedia |= type == "mdat";
            at += size;
            if (++boxes > MostBoxes)
                throw NoMedia();
        }
        if (tracks is null || !hasMedia)
            throw CutOff(path);
        return tracks;
    }

    /// <summary>The file extension the first bytes of a media file call for: mp4, m4a or mp3; null when they are none of these.</summary>
    public static string? Extension(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12)
            return null;
        if (start.StartsWith("ID3"u8) || (start[0] == 0xFF && (start[1] & 0xE6) == 0xE2))
            return "mp3";
        var type = start[4..8];
        if (type.SequenceEqual("ftyp"u8))
            return start[8..11].SequenceEqual("M4A"u8) ? "m4a" : "mp4";
        return type.SequenceEqual("moov"u8) || type.SequenceEqual("styp"u8) ? "mp4" : null;
    }

    internal static bool TryReadHead(ReadOnlySpan<byte> head, long room, out string type, out long size, out int headSize)
    {
        (type, headSize) = (Encoding.Latin1.GetString(head[4..8]), 8);
        size = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (size == 0)
            size = room;
        if (size == 1)
        {
            headSize = 16;
            size = head.Length < 16 ? 0 : BinaryPrimitives.ReadInt64BigEndian(head[8..]);
        }
        return size >= headSize && type.All(c => c is >= ' ' and <= '~' or '©');
    }

    static TrawlException NoMedia() => new(FailureKind.WrongContent, "What arrived is not an MP4 file.");

    internal static TrawlException CutOff(string path) =>
        new(FailureKind.Truncated, $"{Path.GetFileName(path)} ends before its media does.");
}
