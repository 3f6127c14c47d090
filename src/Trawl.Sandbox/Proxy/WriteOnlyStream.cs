namespace Trawl.Sandbox.Proxy;

/// <summary>A stream that is only ever written to, asynchronously; what becomes of the bytes is said by those who extend it.</summary>
abstract class WriteOnlyStream(Stream inner) : Stream
{
    protected Stream Inner => inner;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task WriteAsync(byte[] buffer, int offset, int length, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, length), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int length) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int length) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
