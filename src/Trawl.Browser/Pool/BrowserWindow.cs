using Microsoft.Playwright;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;

namespace Trawl.Browser.Pool;

/// <summary>A browser on a profile itself: in a window for a person to log in and look around, or without one to look into it.</summary>
public sealed class BrowserWindow(BrowserPool pool)
{
    /// <summary>Opens a window and waits until it is closed, or a time is up.</summary>
    /// <param name="profile">The profile; it is locked meanwhile.</param>
    /// <param name="address">Where to begin; null for an empty page.</param>
    /// <param name="limit">The most time.</param>
    /// <param name="cancellation">Closes the window.</param>
    /// <exception cref="TrawlException">The profile is in use, or the browser failed.</exception>
    public Task BrowseAsync(BrowserProfile profile, Uri? address, TimeSpan limit, CancellationToken cancellation) =>
        UseAsync(
            profile,
            headful: true,
            async page =>
            {
                var context = page.Context;
                var closed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                context.Close += (_, _) => closed.TrySetResult(true);
                var open = context.Pages.Count;
                foreach (var tab in context.Pages)
                    Watch(tab);
                context.Page += (_, tab) =>
                {
                    Interlocked.Increment(ref open);
                    Watch(tab);
                };
                if (address is not null)
                {
                    pool.Network.Guard.Check(address);
                    await page.GotoAsync(address.AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit, Timeout = 60_000 })
                        .WaitAsync(cancellation)
                        .ConfigureAwait(false);
                }
                try
                {
                    if (!await closed.Task.WaitAsync(limit, pool.Time, cancellation).ConfigureAwait(false))
                        throw new TrawlException(FailureKind.ToolFailed, "The browser crashed.");
                }
                catch (TimeoutException)
                {
                    // the time is up: that is an end like another
                }
                return true;

                void Watch(IPage tab)
                {
                    tab.Crash += (_, _) => closed.TrySetResult(false);
                    tab.Close += (_, _) =>
                    {
                        if (Interlocked.Decrement(ref open) == 0)
                            closed.TrySetResult(true);
                    };
                }
            },
            cancellation
        );

    /// <summary>Starts a browser on a profile itself, does something with it, and ends it.</summary>
    /// <exception cref="TrawlException">The profile is in use, or the browser failed.</exception>
    public async Task<T> UseAsync<T>(BrowserProfile profile, bool headful, Func<IPage, Task<T>> use, CancellationToken cancellation)
    {
        using var session = await profile.WriteAsync(cancellation).ConfigureAwait(false);
        return await pool.OnFolderAsync(new BrowserWish(profile.Engine, headful), profile, session.Folder, use, cancellation)
            .ConfigureAwait(false);
    }
}
