using System.Text;

namespace Trawl.Sandbox.Proxy;

/// <summary>The bytes of an answer, produced as they are sent.</summary>
abstract class Body
{
    public static Body Empty { get; } = Of([]);

    /// <summary>Its length; null for one that never ends.</summary>
    public abstract long? Length { get; }

    /// <summary>Sends a stretch of it.</summary>
    public abstract Task CopyToAsync(Stream target, long from, long count, CancellationToken cancellation);

    public static Body Of(byte[] bytes) => new BytesBody(bytes);

    public static Body Of(string text) => new BytesBody(Encoding.UTF8.GetBytes(text));

    /// <summary>A file, then some bytes, then zeros.</summary>
    public static Body OfFile(string path, byte[] tail, long zeros) => new FileBody(path, tail, zeros);

    /// <summary>Zeros without an end.</summary>
    public static Body Endless(byte[] head) => new EndlessBody(head);

    /// <summary>A body in chunks, without the last one that says it is the last.</summary>
    public static Body Chunked(Body inner) => new ChunkedBody(inner);

    /// <summary>All of it.</summary>
    public byte[] ToArray()
    {
        var bytes = new MemoryStream();
        var copying = CopyToAsync(bytes, 0, Length!.Value, CancellationToken.None);
        if (!copying.IsCompletedSuccessfully)
            throw new InvalidOperationException("Bodies are made of memory and files.");
        return bytes.ToArray();
    }

    /// <summary>A stretch of it, as a body of its own.</summary>
    public Body Slice(long from, long count) => new SliceBody(this, from, count);

    sealed class SliceBody(Body whole, long start, long length) : Body
    {
        public override long? Length => length;

        public override Task CopyToAsync(Stream target, long from, long count, CancellationToken cancellation) =>
            whole.CopyToAsync(target, start + from, count, cancellation);
    }

    sealed class BytesBody(byte[] bytes) : Body
    {
        public override long? Length => bytes.Length;

        public override Task CopyToAsync(Stream target, long from, long count, CancellationToken cancellation) =>
            target.WriteAsync(bytes.AsMemory((int)from, (int)count), cancellation).AsTask();
    }

    sealed class FileBody(string path, byte[] tail, long zeros) : Body
    {
        readonly long _file = new FileInfo(path).Length;

        public override long? Length => _file + tail.Length + zeros;

        public override async Task CopyToAsync(Stream target, long from, long count, CancellationToken cancellation)
        {
            using var file = File.OpenHandle(path);
            var buffer = new byte[256 * 1024];
            for (var at = from; at < from + count; )
            {
                var room = buffer.AsMemory(0, (int)Math.Min(buffer.Length, from + count - at));
                var read = at < _file ? RandomAccess.Read(file, room.Span, at) : Fill(room.Span, at - _file);
                await target.WriteAsync(room[..read], cancellation);
                at += read;
            }
        }

        int Fill(Span<byte> room, long at)
        {
            room.Clear();
            if (at < tail.Length)
                tail.AsSpan((int)at, (int)Math.Min(room.Length, tail.Length - at)).CopyTo(room);
            return room.Length;
        }
    }

    sealed class EndlessBody(byte[] head) : Body
    {
        public override long? Length => null;

        public override async Task CopyToAsync(Stream target, long from, long count, CancellationToken cancellation)
        {
            await target.WriteAsync(head, cancellation);
            var zeros = new byte[256 * 1024];
            for (long sent = head.Length; sent < count; sent += zeros.Length)
                await target.WriteAsync(zeros, cancellation);
        }
    }

    sealed class ChunkedBody(Body inner) : Body
    {
        public override long? Length => inner.Length;

        public override Task CopyToAsync(Stream target, long from, long count, CancellationToken cancellation) =>
            inner.CopyToAsync(new ChunkingStream(target), from, count, cancellation);
    }
}
