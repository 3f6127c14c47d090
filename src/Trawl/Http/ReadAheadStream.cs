namespace Trawl.Http;

/// <summary>
/// A connection that is read in large pieces. TLS asks its socket for one record of 16 KiB at a time; a system call for each of them costs a tenth of
/// the whole download. Reads and writes may overlap; two reads may not.
/// </summary>
sealed class ReadAheadStream(Stream inner) : Stream
{
    const int Ahead = 128 * 1024;

    byte[] _buffer = [];
    int _from;
    int _to;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_from < _to)
            return new ValueTask<int>(Take(buffer.Span));
        // a large read needs no help, an empty one asks only whether something has come
        return buffer.Length is 0 or >= Ahead ? inner.ReadAsync(buffer, cancellationToken) : FillAsync(buffer, cancellationToken);
    }

    async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (_buffer.Length == 0)
            _buffer = GC.AllocateUninitializedArray<byte>(Ahead);
        (_from, _to) = (0, await inner.ReadAsync(_buffer, cancellation).ConfigureAwait(false));
        return Take(buffer.Span);
    }

    int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, _to - _from);
        _buffer.AsSpan(_from, count).CopyTo(target);
        _from += count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing blocks.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing blocks.");

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
