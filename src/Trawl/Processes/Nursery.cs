using System.Collections.Concurrent;
using System.Diagnostics;

namespace Trawl.Processes;

/// <summary>
/// The one thread that starts child processes. The kernel's parent-death signal fires when the starting <em>thread</em> ends, so a pool
/// thread that retires would kill a healthy child.
/// </summary>
static class Nursery
{
    static readonly BlockingCollection<Action> Starts = [];

    static Nursery() =>
        new Thread(() =>
        {
            foreach (var start in Starts.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "child processes",
        }.Start();

    public static Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }
}
