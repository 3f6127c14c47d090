using System.Text.Json.Serialization;
using Trawl.Http;

namespace Trawl.App.Storage;

/// <summary>The sessions of browsers on disk, encrypted as credentials are.</summary>
public sealed partial class SessionVault(Vault vault) : SessionStore
{
    const string Name = "browser-sessions";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BrowserSession>> ReadAsync(CancellationToken cancellation) =>
        await vault.ReadAsync(Name, SessionJson.Default.BrowserSessionArray, cancellation) ?? [];

    /// <inheritdoc/>
    public override Task WriteAsync(IReadOnlyList<BrowserSession> sessions, CancellationToken cancellation) =>
        vault.WriteAsync(Name, sessions.Count == 0 ? null : [.. sessions], SessionJson.Default.BrowserSessionArray);

    [JsonSerializable(typeof(BrowserSession[]))]
    sealed partial class SessionJson : JsonSerializerContext;
}
