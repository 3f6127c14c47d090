namespace Trawl.Sandbox.Proxy;

/// <summary>Passes writes on and counts their bytes.</summary>
sealed class CountingStream(Stream inner, Action<int> count) : WriteOnlyStream(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Inner.WriteAsync(buffer, cancellationToken);
        count(buffer.Length);
    }
}
