namespace Trawl.Tests.Downloads.Faults;

/// <summary>One way for the outside world to fail.</summary>
/// <param name="Number">Its number in the catalogue of faults, with a letter where the number has several forms.</param>
/// <param name="What">What happens, as the table says it.</param>
/// <param name="Strike">Puts it in force.</param>
/// <param name="YtDlp">What yt-dlp prints when it meets the fault itself; empty when it gets over it.</param>
public sealed record Fault(string Number, string What, Action<FaultStage> Strike, string YtDlp = Fault.BrokenOff)
{
    /// <summary>What yt-dlp prints of most troubles with a file.</summary>
    public const string BrokenOff = "ERROR: unable to download video data: <urlopen error The read operation timed out>";

    /// <summary>What yt-dlp prints of most troubles with a page.</summary>
    public const string NotUnderstood =
        "ERROR: [TikTok] 7: Unable to extract webpage video data; please report this issue on https://github.com/";

    /// <summary>Whether it strikes below HTTP, where no proxy may stand in between.</summary>
    public bool BelowHttp { get; init; }

    /// <summary>Whether chance decides how much is on its way when the connection ends.</summary>
    public bool SentByChance { get; init; }

    /// <summary>Why no strategy can meet it; null when they can.</summary>
    public string? Why { get; init; }

    public override string ToString() => Number;
}
