using Microsoft.Extensions.Logging;
using Trawl.App.Configuration;

namespace Trawl.App.Reports;

/// <summary>The file that keeps the stacks of defects, which no command shows.</summary>
/// <param name="file">Where it is.</param>
/// <param name="time">The clock.</param>
sealed class DefectLog(string file, TimeProvider time) : PlainLogger
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

    protected override void Write(LogLevel level, string message, Exception? exception)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.AppendAllText(file, $"{time.GetUtcNow():O} {message}\n{exception}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the failure itself is told all the same
        }
    }
}
