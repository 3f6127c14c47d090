using Microsoft.Playwright;

namespace Trawl.Browser.TikTok;

/// <summary>Whether a page still waits for something: requests under way, and how long it has been still.</summary>
sealed class PageTraffic
{
    readonly TimeProvider _time;
    int _pending;
    int _asked;
    long _last;

    public PageTraffic(IPage page, TimeProvider time)
    {
        (_time, _last) = (time, time.GetTimestamp());
        page.Request += (_, _) => Note(+1);
        page.RequestFinished += (_, _) => Note(-1);
        page.RequestFailed += (_, _) => Note(-1);
    }

    /// <summary>Whether it has asked for something, got it, and then been still for a while.</summary>
    public bool IsStillFor(TimeSpan time) =>
        Volatile.Read(ref _asked) > 0 && Volatile.Read(ref _pending) <= 0 && _time.GetElapsedTime(Interlocked.Read(ref _last)) > time;

    void Note(int change)
    {
        Interlocked.Add(ref _pending, change);
        if (change > 0)
            Interlocked.Increment(ref _asked);
        Interlocked.Exchange(ref _last, _time.GetTimestamp());
    }
}
