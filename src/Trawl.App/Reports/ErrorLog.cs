using Microsoft.Extensions.Logging;

namespace Trawl.App.Reports;

/// <summary>Writes log lines to the error stream, for -v.</summary>
sealed class ErrorLog(TextWriter writer) : PlainLogger, ILogger<TrawlClient>
{
    protected override void Write(LogLevel level, string message, Exception? exception)
    {
        lock (writer)
            writer.WriteLine($"{level.ToString().ToLowerInvariant()}: {message.ForTerminal()}");
    }
}
