namespace Trawl.App.Concurrency;

/// <summary>Wakes loops that wait for something to do.</summary>
sealed class WakeSignal
{
    TaskCompletionSource _next = New();

    /// <summary>Ends with the next <see cref="Set"/>. Taken before a loop looks, no signal is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes all loops that wait.</summary>
    public void Set() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
