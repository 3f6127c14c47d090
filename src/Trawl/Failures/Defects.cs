using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Trawl.Failures;

/// <summary>Exceptions that nobody expected. One line with a reference is told to people; the log keeps the stack beside the same reference.</summary>
public static partial class Defects
{
    const int LongestReason = 300;

    /// <summary>The failure an exception is: itself when it is one of ours, else a <see cref="FailureKind.Defect"/> that is noted in the log.</summary>
    /// <param name="exception">What was caught.</param>
    /// <param name="logger">Gets the stack.</param>
    public static TrawlException Known(Exception exception, ILogger logger)
    {
        if (exception is TrawlException known)
            return known;
        var reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        LogDefect(logger, exception, reference);
        return new TrawlException(FailureKind.Defect, $"{Reason(exception)} (reference {reference})", exception);
    }

    static string Reason(Exception exception)
    {
        var line = Masking.Masked(exception.Message).Split('\n')[0].Trim();
        return line.Length <= LongestReason ? line : line[..LongestReason];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Defect {Reference}")]
    static partial void LogDefect(ILogger logger, Exception exception, string reference);
}
