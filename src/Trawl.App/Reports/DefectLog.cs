using Microsoft.Extensions.Logging;

namespace Trawl.App.Reports;

/// <summary>The file that keeps the stacks of defects, which no command shows.</summary>
/// <param name="file">Where it is.</param>
/// <param name="time">The clock.</param>
sealed class DefectLog(string file, TimeProvider time) : ILogger
{
    /// <summary>In the state folder of this user, whatever the settings say: they may be what is broken.</summary>
    public static DefectLog OfUser()
    {
        var folder = Settings.UsualStateFolder(
            Environment.GetEnvironmentVariable("XDG_STATE_HOME"),
            Environment.GetEnvironmentVariable("HOME")
        );
        return new(Path.Combine(folder, "defects.log"), TimeProvider.System);
    }

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
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.AppendAllText(file, $"{time.GetUtcNow():O} {formatter(state, exception)}\n{exception}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the failure itself is told all the same
        }
    }
}
