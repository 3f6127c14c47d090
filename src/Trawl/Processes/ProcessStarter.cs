using System.Collections.Concurrent;
using System.Diagnostics;

namespace Trawl.Processes;

/// <summary>
/// Starts child processes, from threads that live as long as they do: the kernel's parent-death signal fires when the starting <em>thread</em> ends, so
/// a pool thread that retires would kill a healthy child.
/// </summary>
static class ProcessStarter
{
    static readonly BlockingCollection<Action> Starts = [];

    static ProcessStarter() =>
        new Thread(() =>
        {
            foreach (var start in Starts.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "child processes",
        }.Start();

    /// <summary>Starts a process.</summary>
    public static Task StartAsync(Process process)
    {
        var started = New();
        Starts.Add(() => Start(process, started));
        return started.Task;
    }

    /// <summary>Starts a process that can reach nothing but what it is given: from a thread of its own, which gives up the rest first.</summary>
    public static Task StartAsync(Process process, Confinement confinement)
    {
        var started = New();
        new Thread(() =>
        {
            try
            {
                confinement.EnterOnThisThread();
            }
            catch (Exception e)
            {
                started.SetException(e);
                return;
            }
            if (Start(process, started))
                process.WaitForExit();
        })
        {
            IsBackground = true,
            Name = "confined child process",
        }.Start();
        return started.Task;
    }

    static bool Start(Process process, TaskCompletionSource started)
    {
        try
        {
            process.Start();
            started.SetResult();
            return true;
        }
        catch (Exception e)
        {
            started.SetException(e);
            return false;
        }
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
