namespace Trawl.App.Concurrency;

/// <summary>Tasks that run side by side until they are stopped. When one of them breaks, all end: half a worker is worse than one that is started anew.</summary>
static class TaskGroup
{
    /// <summary>Runs all parts to their ends.</summary>
    public static async Task RunAsync(CancellationToken cancellation, params IEnumerable<Func<CancellationToken, Task>> parts)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> running = [.. parts.Select(part => part(stop.Token))];
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (!ended.IsFaulted)
                continue;
            await stop.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ended;
        }
    }
}
