using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>
/// What other processes know: videos in whatever <see cref="IDistributedCache"/> there is. They carry the sessions their addresses are bound to,
/// so the store must be as private as a cookie jar. A store that fails is told and done without.
/// </summary>
sealed partial class SharedVideos(IDistributedCache store, string settings, ILogger logger, TimeProvider time)
{
    const int Schema = 1;

    // what is kept under other settings, or in another form, is not ours
    readonly string _prefix = $"trawl:{Schema}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)))[..8]}:video:";

    /// <summary>A video that is still fresh, and until when; null when there is none.</summary>
    public async Task<(Video Video, TimeSpan FreshFor)?> ReadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            if (await store.GetAsync(_prefix + key, cancellation).ConfigureAwait(false) is not { } json)
                return null;
            var kept = JsonSerializer.Deserialize(json, Context.Default.Kept);
            var left = kept is null ? TimeSpan.Zero : kept.FreshUntil - time.GetUtcNow();
            return left > TimeSpan.Zero && key.StartsWith(kept!.Video.Url.Identity, StringComparison.Ordinal) ? (kept.Video, left) : null;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            logger.LogWarning(e, "The shared cache could not be read");
            return null;
        }
    }

    /// <summary>Keeps a video.</summary>
    public async Task WriteAsync(string key, Video video, TimeSpan freshFor, CancellationToken cancellation)
    {
        try
        {
            var until = time.GetUtcNow() + freshFor;
            var json = JsonSerializer.SerializeToUtf8Bytes(new Kept(video, until), Context.Default.Kept);
            var options = new DistributedCacheEntryOptions { AbsoluteExpiration = until };
            await store.SetAsync(_prefix + key, json, options, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            logger.LogWarning(e, "The shared cache could not be written");
        }
    }

    /// <summary>Forgets a video.</summary>
    public void Remove(string key)
    {
        try
        {
            store.Remove(_prefix + key);
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The shared cache could not be written");
        }
    }

    internal sealed record Kept(Video Video, DateTimeOffset FreshUntil);

    [JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Kept))]
    internal sealed partial class Context : JsonSerializerContext;
}
