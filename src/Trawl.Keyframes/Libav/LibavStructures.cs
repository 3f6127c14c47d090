using System.Runtime.InteropServices;

namespace Trawl.Keyframes;

/// <summary>An open file.</summary>
[StructLayout(LayoutKind.Explicit)]
unsafe struct AVFormatContext
{
    [FieldOffset(44)]
    public readonly uint StreamCount;

    [FieldOffset(48)]
    public readonly AVStream** Streams;

    /// <summary>In millionths of a second, or <see cref="Libav.NoTime"/>.</summary>
    [FieldOffset(64)]
    public readonly long StartTime;

    /// <summary>In millionths of a second, or <see cref="Libav.NoTime"/>.</summary>
    [FieldOffset(72)]
    public readonly long Duration;
}

/// <summary>One of a file's streams.</summary>
[StructLayout(LayoutKind.Explicit)]
unsafe struct AVStream
{
    [FieldOffset(0)]
    public readonly int Index;

    [FieldOffset(16)]
    public readonly AVRational TimeBase;

    [FieldOffset(32)]
    public readonly long Duration;

    [FieldOffset(52)]
    public int Discard;

    [FieldOffset(72)]
    public readonly AVRational AverageRate;

    [FieldOffset(200)]
    public readonly AVRational BaseRate;

    [FieldOffset(208)]
    public readonly AVCodecParameters* Parameters;
}

/// <summary>What a stream holds.</summary>
[StructLayout(LayoutKind.Explicit)]
struct AVCodecParameters
{
    [FieldOffset(0)]
    public readonly int Type;

    [FieldOffset(4)]
    public readonly int Codec;

    [FieldOffset(56)]
    public readonly int Width;

    [FieldOffset(60)]
    public readonly int Height;
}

/// <summary>A piece of a stream: one frame, compressed.</summary>
[StructLayout(LayoutKind.Explicit)]
unsafe struct AVPacket
{
    [FieldOffset(8)]
    public readonly long Shown;

    [FieldOffset(24)]
    public readonly byte* Data;

    [FieldOffset(32)]
    public readonly int Size;

    [FieldOffset(36)]
    public readonly int Stream;

    [FieldOffset(40)]
    public readonly int Flags;
}

/// <summary>A decoded picture.</summary>
[StructLayout(LayoutKind.Explicit)]
unsafe struct AVFrame
{
    /// <summary>Where its planes lie, and how far apart the rows of each are.</summary>
    [FieldOffset(0)]
    public fixed long Planes[8];

    [FieldOffset(64)]
    public fixed int Strides[8];

    [FieldOffset(104)]
    public int Width;

    [FieldOffset(108)]
    public int Height;

    [FieldOffset(116)]
    public int Format;

    [FieldOffset(124)]
    public int Kind;

    [FieldOffset(136)]
    public long Time;

    [FieldOffset(168)]
    public int Quality;

    [FieldOffset(320)]
    public readonly int Range;

    /// <summary>When it is shown, as well as that is known.</summary>
    [FieldOffset(344)]
    public readonly long Shown;

    /// <summary>Its size and format.</summary>
    public readonly PictureKind PictureKind => new(Width, Height, Format);

    /// <summary>A row of its first plane.</summary>
    public readonly Span<byte> Row(int y, int bytes) => new((byte*)Planes[0] + ((long)y * Strides[0]), bytes);
}

/// <summary>What a decoded picture is like.</summary>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Format">The number of its pixel format.</param>
readonly record struct PictureKind(int Width, int Height, int Format);

/// <summary>A fraction.</summary>
readonly record struct AVRational(int Above, int Below)
{
    public double Value => Below == 0 ? 0 : Above / (double)Below;
}
