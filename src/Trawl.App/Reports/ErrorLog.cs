using Microsoft.Extensions.Logging;

namespace Trawl.App.Reports;

/// <summary>Writes log lines to the error stream, for -v.</summary>
sealed class ErrorLog(TextWriter writer) : ILogger<TrawlClient>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (writer)
            writer.WriteLine($"{logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception).ForTerminal()}");
    }
}
