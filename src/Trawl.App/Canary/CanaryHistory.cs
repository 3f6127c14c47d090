using Trawl.Failures;
using Trawl.Files;

namespace Trawl.App.Canary;

/// <summary>What was seen so far: a line for each answer, appended to a file that is cut to its newer half when it grows too long.</summary>
sealed class CanaryHistory(string folder)
{
    const long LargestFile = 8 << 20;

    string FilePath => Path.Combine(folder, "canary.ndjson");

    /// <summary>Everything that can be read, in order.</summary>
    public IReadOnlyList<Observation> Read()
    {
        try
        {
            return File.Exists(FilePath) ? [.. File.ReadLines(FilePath).Select(Observation.Parse).OfType<Observation>()] : [];
        }
        catch (Exception e) when (StorageFailure.From(e, FilePath) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Keeps what was seen.</summary>
    /// <exception cref="TrawlException">The folder cannot be written.</exception>
    public void Add(IReadOnlyList<Observation> seen)
    {
        try
        {
            DurableFile.MakeFolder(folder);
            if (File.Exists(FilePath) && new FileInfo(FilePath).Length > LargestFile)
            {
                var lines = File.ReadAllLines(FilePath);
                File.WriteAllLines(FilePath, lines[(lines.Length / 2)..]);
            }
            File.AppendAllLines(FilePath, seen.Select(s => s.ToJson()));
        }
        catch (Exception e) when (StorageFailure.From(e, FilePath) is { } failure)
        {
            throw failure;
        }
    }
}
