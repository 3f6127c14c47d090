using Microsoft.Playwright;

namespace Trawl.Browser.Pool;

/// <summary>The process that speaks with browsers; one for all of them, and another one when it has died.</summary>
sealed class PlaywrightDriver : IDisposable
{
    readonly SemaphoreSlim _turn = new(1);
    IPlaywright? _playwright;

    /// <summary>Does something with it. When it turns out to be dead, a new one is started and it is done again, once.</summary>
    public async Task<T> UseAsync<T>(Func<IPlaywright, Task<T>> use, CancellationToken cancellation)
    {
        var playwright = await GetAsync(dead: null, cancellation).ConfigureAwait(false);
        try
        {
            return await use(playwright).ConfigureAwait(false);
        }
        catch (PlaywrightException e) when (IsDead(e))
        {
            return await use(await GetAsync(playwright, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _playwright?.Dispose();
        _turn.Dispose();
    }

    async Task<IPlaywright> GetAsync(IPlaywright? dead, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_playwright is null || _playwright == dead)
                _playwright = await Playwright.CreateAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return _playwright;
        }
        finally
        {
            _turn.Release();
        }
    }

    static bool IsDead(PlaywrightException e) =>
        e.Message.Contains("Process exited", StringComparison.Ordinal)
        || e.Message.Contains("Connection closed", StringComparison.Ordinal)
        || e.Message.Contains("Transport closed", StringComparison.Ordinal);
}
