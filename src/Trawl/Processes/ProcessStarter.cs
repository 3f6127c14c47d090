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

    /// <summary>
    /// Starts a process that can reach nothing but what it is given: from a thread of its own, which gives up the rest first. Whatever that thread started
    /// in this process would be confined, too, so it does nothing else, and a second one tells what came of it.
    /// </summary>
    public static Task StartAsync(Process process, Confinement confinement)
    {
        var started = New();
        new Thread(() =>
        {
            using var isStarted = new ManualResetEventSlim();
            using var hasEnded = new ManualResetEventSlim();
            Exception? failure = null;
            var confined = new Thread(() =>
            {
                try
                {
                    confinement.EnterOnThisThread();
                    process.Start();
                }
                catch (Exception e)
                {
                    failure = e;
                }
                isStarted.Set();
                hasEnded.Wait(); // its child dies with it
            })
            {
                IsBackground = true,
                Name = "confined",
            };
            confined.Start();
            isStarted.Wait();
            if (failure is not null)
            {
                started.SetException(failure);
            }
            else
            {
                started.SetResult();
                WaitForExit(process);
            }
            hasEnded.Set();
            confined.Join();
        })
        {
            IsBackground = true,
            Name = "confined child process",
        }.Start();
        return started.Task;
    }

    static void WaitForExit(Process process)
    {
        try
        {
            process.WaitForExit();
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            // whoever waited for it has let go of it: it has ended
        }
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
