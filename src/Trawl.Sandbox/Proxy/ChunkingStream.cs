using System.Text;

namespace Trawl.Sandbox.Proxy;

/// <summary>Passes each write on as a chunk (RFC 9112, 7.1).</summary>
sealed class ChunkingStream(Stream inner) : WriteOnlyStream(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Inner.WriteAsync(Encoding.ASCII.GetBytes($"{buffer.Length:x}\r\n"), cancellationToken);
        await Inner.WriteAsync(buffer, cancellationToken);
        await Inner.WriteAsync("\r\n"u8.ToArray(), cancellationToken);
    }
}
