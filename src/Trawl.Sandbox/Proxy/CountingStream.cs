namespace Trawl.Sandbox.Proxy;

/// <summary>Passes writes on and counts their bytes.</summary>
sealed class CountingStream(Stream inner, Action<int> count) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken);
        count(buffer.Length);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int length, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, length), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int length) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int length) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
