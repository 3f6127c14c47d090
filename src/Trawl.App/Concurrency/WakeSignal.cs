namespace Trawl.App.Crawls;

/// <summary>Wakes those who wait for something to do, so that they need not look all the time.</summary>
sealed class Pulse
{
    TaskCompletionSource _next = New();

    /// <summary>The next beat. Taken before looking, it is not missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
