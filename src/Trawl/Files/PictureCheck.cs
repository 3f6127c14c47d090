using System.Buffers.Binary;
using Trawl.Failures;

namespace Trawl.Files;

/// <summary>Tells a whole picture by its own marks: what it begins with says its format, what it ends with that nothing is missing.</summary>
public static class PictureCheck
{
    /// <summary>The file extension of a whole picture: jpg, png or webp.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.WrongContent"/> for anything else, <see cref="FailureKind.Truncated"/> when it ends too early.</exception>
    public static string Extension(ReadOnlySpan<byte> picture)
    {
        var (extension, whole) = picture switch
        {
            [0xFF, 0xD8, 0xFF, ..] => ("jpg", picture.TrimEnd((byte)0).EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9])),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => ("png", picture[..^4].EndsWith("IEND"u8)),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => (
                "webp",
                BinaryPrimitives.ReadUInt32LittleEndian(picture[4..]) + 8 <= picture.Length
            ),
            _ => throw new TrawlException(FailureKind.WrongContent, "What arrived is no picture."),
        };
        return whole ? extension : throw new TrawlException(FailureKind.Truncated, "The picture ends too early.");
    }
}
