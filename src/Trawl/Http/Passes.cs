using System.Net;

namespace Trawl.Http;

/// <summary>The passes in use: each obtained once for all who need it, renewed before it ends, and dropped when a host no longer takes it.</summary>
sealed class Passes(IReadOnlyList<Authenticator> authenticators, CredentialStore? store, TimeProvider time) : IDisposable
{
    static readonly TimeSpan Reserve = TimeSpan.FromMinutes(1);

    readonly Holder[] _holders = [.. authenticators.Select(a => new Holder(a))];

    /// <summary>The pass for a host; null when it needs none.</summary>
    public ValueTask<Pass?> ForAsync(string host, CancellationToken cancellation)
    {
        foreach (var holder in _holders)
            if (holder.Authenticator.IsFor(host))
                return Works(holder.Pass) ? new ValueTask<Pass?>(holder.Pass) : new ValueTask<Pass?>(ObtainAsync(holder, cancellation));
        return default;
    }

    /// <summary>Learns from an answer: what answers 401 to a pass wants a new one.</summary>
    public async ValueTask LearnAsync(HttpStatusCode status, Pass? pass, CancellationToken cancellation)
    {
        if (pass is null || status != HttpStatusCode.Unauthorized || Array.Find(_holders, h => h.Pass == pass) is not { } holder)
            return;
        holder.Pass = null;
        if (store is not null)
            await store.WriteAsync(holder.Authenticator.Name, null, cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var holder in _holders)
            holder.Turn.Dispose();
    }

    async Task<Pass?> ObtainAsync(Holder holder, CancellationToken cancellation)
    {
        await holder.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var name = holder.Authenticator.Name;
            if (holder.Pass is null && store is not null)
                holder.Pass = await store.ReadAsync(name, cancellation).ConfigureAwait(false);
            if (Works(holder.Pass))
                return holder.Pass;
            holder.Pass = await holder.Authenticator.LogInAsync(cancellation).ConfigureAwait(false);
            if (store is not null)
                await store.WriteAsync(name, holder.Pass, cancellation).ConfigureAwait(false);
            return holder.Pass;
        }
        finally
        {
            holder.Turn.Release();
        }
    }

    bool Works(Pass? pass) => pass is not null && !(pass.ExpiresAt - Reserve <= time.GetUtcNow());

    sealed class Holder(Authenticator authenticator)
    {
        public Authenticator Authenticator => authenticator;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Pass? Pass { get; set; }
    }
}
