using System.Buffers.Binary;
using System.Text;
using Trawl.Failures;

namespace Trawl.Files;

/// <summary>The <c>moov</c> box: which tracks there are, and whether all their chunks lie inside the file.</summary>
sealed class MediaIndex(long fileLength)
{
    const int DeepestBox = 8;

    // beyond 8K nothing is a short video, and a decoder would take a gigabyte for one frame
    const long LargestFrame = 64L << 20;

    // what short videos come in; whatever else claims to be one wants to reach a decoder nobody looks after (CVE-2026-8461)
    static readonly string[] Codecs = ["h264", "h265", "av1", "vp9", "vp8", "mp4v"];

    MediaTracks _tracks = new();
    Track _track = new();

    public MediaTracks Read(ReadOnlySpan<byte> moov)
    {
        Walk(moov, 0);
        return _tracks;
    }

    void Walk(ReadOnlySpan<byte> boxes, int depth)
    {
        while (boxes.Length >= 8)
        {
            if (!MediaCheck.TryReadHead(boxes, boxes.Length, out var type, out var size, out var headSize) || size > boxes.Length)
                throw new TrawlException(FailureKind.WrongContent, "The index of the media file is damaged.");
            Visit(type, boxes[headSize..(int)size], depth);
            boxes = boxes[(int)size..];
        }
    }

    void Visit(string type, ReadOnlySpan<byte> box, int depth)
    {
        if (depth > DeepestBox)
            return;
        switch (type)
        {
            case "trak":
                _track = new Track();
                Walk(box, depth + 1);
                Close(_track);
                break;
            case "mdia" or "minf" or "stbl":
                Walk(box, depth + 1);
                break;
            case "hdlr" when box.Length >= 12:
                _track.Handler = Encoding.Latin1.GetString(box[8..12]);
                break;
            case "mdhd" when box.Length >= 20:
                _track.Duration = ReadDuration(box);
                break;
            case "stsd" when box.Length >= 16:
                ReadSampleEntry(box[8..]);
                break;
            case "stco":
                _track.LastChunk = LastOf(box, 4, b => BinaryPrimitives.ReadUInt32BigEndian(b));
                break;
            case "co64":
                _track.LastChunk = LastOf(box, 8, b => BinaryPrimitives.ReadInt64BigEndian(b));
                break;
            case "stsz" when box.Length >= 12:
                var same = BinaryPrimitives.ReadUInt32BigEndian(box[4..]);
                _track.LastSample = same > 0 ? same : LastOf(box[4..], 4, b => BinaryPrimitives.ReadUInt32BigEndian(b));
                break;
        }
    }

    void Close(Track track)
    {
        // The last chunk holds at least the last sample.
        if (track.LastChunk > 0 && track.LastChunk + track.LastSample > fileLength)
            throw MediaCheck.CutOff("The file");
        var codec = CodecName(track.Format);
        if (track.Handler == "vide" && !Codecs.Contains(codec))
            throw new TrawlException(FailureKind.WrongContent, "The file carries a picture in no codec we know.")
            {
                Detail = "UNKNOWN_CODEC",
            };
        if ((long)track.Width * track.Height > LargestFrame)
            throw new TrawlException(FailureKind.WrongContent, $"The file claims frames of {track.Width}x{track.Height} pixels.")
            {
                Detail = "FRAME_TOO_LARGE",
            };
        if (track.Handler == "vide" && !_tracks.HasVideo)
            _tracks = _tracks with { VideoCodec = codec, Width = track.Width, Height = track.Height };
        if (track.Handler == "soun" && !_tracks.HasAudio)
            _tracks = _tracks with { AudioCodec = codec };
        if (track.Duration > _tracks.Duration)
            _tracks = _tracks with { Duration = track.Duration };
    }

    void ReadSampleEntry(ReadOnlySpan<byte> entry)
    {
        _track.Format = Encoding.Latin1.GetString(entry[4..8]);
        if (_track.Handler == "vide" && entry.Length >= 36)
        {
            _track.Width = BinaryPrimitives.ReadUInt16BigEndian(entry[32..]);
            _track.Height = BinaryPrimitives.ReadUInt16BigEndian(entry[34..]);
        }
    }

    static TimeSpan ReadDuration(ReadOnlySpan<byte> mdhd)
    {
        var isLong = mdhd[0] == 1 && mdhd.Length >= 32;
        var scale = BinaryPrimitives.ReadUInt32BigEndian(isLong ? mdhd[20..] : mdhd[12..]);
        var units = isLong ? BinaryPrimitives.ReadUInt64BigEndian(mdhd[24..]) : BinaryPrimitives.ReadUInt32BigEndian(mdhd[16..]);
        var seconds = scale == 0 ? 0 : units / (double)scale;
        return seconds is > 0 and < 86_400 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }

    delegate long ReadNumber(ReadOnlySpan<byte> bytes);

    // version and flags, then the count, then that many numbers
    static long LastOf(ReadOnlySpan<byte> box, int width, ReadNumber read)
    {
        if (box.Length < 8)
            return 0;
        var count = BinaryPrimitives.ReadUInt32BigEndian(box[4..]);
        return count == 0 || 8 + ((long)count * width) > box.Length ? 0 : read(box[(int)(8 + ((count - 1) * width))..]);
    }

    static string CodecName(string format) =>
        format switch
        {
            "avc1" or "avc3" => "h264",
            "hvc1" or "hev1" => "h265",
            "av01" => "av1",
            "vp09" => "vp9",
            "vp08" => "vp8",
            "mp4a" => "aac",
            "Opus" => "opus",
            ".mp3" => "mp3",
            _ => format,
        };

    sealed class Track
    {
        public string Handler = "";
        public string Format = "";
        public int Width;
        public int Height;
        public TimeSpan Duration;
        public long LastChunk;
        public long LastSample;
    }
}
