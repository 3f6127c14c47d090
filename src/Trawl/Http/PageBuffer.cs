using System.Buffers;

namespace Trawl.Http;

/// <summary>
/// A page while it is read: borrowed memory that grows. A page is larger than what the runtime clears and frees cheaply, so none but its last copy is
/// allocated (half the CPU of a warm request went into that).
/// </summary>
sealed class PageBuffer : IDisposable
{
    const int First = 128 * 1024;

    byte[] _bytes = ArrayPool<byte>.Shared.Rent(First);

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>What has been read.</summary>
    public ReadOnlyMemory<byte> Read => _bytes.AsMemory(0, Length);

    /// <summary>Reads to the end.</summary>
    /// <param name="readAsync">Reads what comes next; 0 at the end.</param>
    /// <param name="limit">How many bytes it may be.</param>
    /// <returns>False past the limit.</returns>
    public async Task<bool> FillAsync(Func<Memory<byte>, ValueTask<int>> readAsync, int limit)
    {
        int read;
        while ((read = await readAsync(Room()).ConfigureAwait(false)) > 0)
        {
            Length += read;
            if (Length > limit)
                return false;
        }
        return true;
    }

    /// <summary>Opens what has been read as a stream; it lasts as long as this.</summary>
    public Stream Open() => new MemoryStream(_bytes, 0, Length, writable: false);

    /// <summary>A copy of what has been read.</summary>
    public byte[] Copy()
    {
        var copy = GC.AllocateUninitializedArray<byte>(Length);
        Read.CopyTo(copy);
        return copy;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    Memory<byte> Room()
    {
        if (Length == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * Length);
            Read.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsMemory(Length);
    }
}
