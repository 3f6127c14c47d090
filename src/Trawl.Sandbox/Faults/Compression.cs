using System.IO.Compression;
using System.Text;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Faults;

/// <summary>Answers compressed as nobody asked for.</summary>
static class Compression
{
    /// <summary>64 MiB of spaces, which is 64 KiB by gzip and next to nothing by Brotli.</summary>
    public static Reply Bomb(Reply reply, string encoding)
    {
        var packed = new MemoryStream();
        using (
            Stream packer =
                encoding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest) : new GZipStream(packed, CompressionLevel.Optimal)
        )
        {
            var spaces = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var i = 0; i < 64; i++)
                packer.Write(spaces);
        }
        return reply.Without("Content-Encoding").With("Content-Encoding", encoding) with { Body = Body.Of(packed.ToArray()) };
    }

    public static Reply Gzip(Reply reply)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(reply.Body.ToArray());
        return reply.With("Content-Encoding", "gzip") with { Body = Body.Of(packed.ToArray()) };
    }
}
