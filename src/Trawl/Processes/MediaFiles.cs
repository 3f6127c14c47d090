namespace Trawl.Processes;

/// <summary>The files a command line of ffmpeg names, and so all that it may reach.</summary>
static class MediaFiles
{
    const string File = "file:";

    /// <summary>What a command line may reach: what stands behind <c>-i</c> is read, the folder of any other file is written to.</summary>
    public static Confinement Of(IReadOnlyList<string> arguments)
    {
        var (reads, writes) = (new List<string>(), new List<string>());
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith(File, StringComparison.Ordinal))
                continue;
            var path = arguments[i][File.Length..];
            if (i > 0 && arguments[i - 1] == "-i")
                reads.Add(path.Contains('%') ? Path.GetDirectoryName(path)! : path); // numbered pictures
            else
                writes.Add(Path.GetDirectoryName(path)!);
        }
        return new Confinement(reads, [.. writes.Distinct()]);
    }
}
