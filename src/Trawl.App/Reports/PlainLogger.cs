using Microsoft.Extensions.Logging;

namespace Trawl.App.Reports;

/// <summary>A logger that keeps all levels, and no scopes.</summary>
abstract class PlainLogger : ILogger
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
    ) => Write(logLevel, formatter(state, exception), exception);

    /// <summary>Writes an entry.</summary>
    protected abstract void Write(LogLevel level, string message, Exception? exception);
}
