namespace Trawl.App.Commands;

/// <summary>Reads a text that a person gives: a file, or standard input.</summary>
static class GivenText
{
    const int WriteAccess = 3; // O_WRONLY or O_RDWR

    /// <summary>Reads it to its end.</summary>
    /// <param name="path">The file; - for standard input.</param>
    /// <param name="cancellation">Ends the waiting, also for a person who types nothing.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        if (path != "-")
            return await File.ReadAllTextAsync(path, cancellation);
        if (StandardInputIsClosed())
            throw new IOException("Standard input is closed.");
        // a read of it cannot be cancelled: it is left behind
        return await Task.Run(Console.In.ReadToEnd, CancellationToken.None).WaitAsync(cancellation);
    }

    // where it was closed, the runtime's first pipe has its number: reading waits for a writer that is this process itself
    static bool StandardInputIsClosed()
    {
        const string descriptors = "/proc/self/fd";
        if (!OperatingSystem.IsLinux() || !Directory.Exists(descriptors))
            return false;
        var input = LinkOf($"{descriptors}/0");
        return input is null
            || input.StartsWith("pipe:", StringComparison.Ordinal)
                && Directory.EnumerateFiles(descriptors).Any(f => LinkOf(f) == input && IsWritable(Path.GetFileName(f)));
    }

    static string? LinkOf(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null; // closed
        }
    }

    static bool IsWritable(string descriptor)
    {
        var flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").First(l => l.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & WriteAccess) != 0;
    }
}
