namespace Trawl.Tests.Shared;

/// <summary>Real captures and numbers, where the environment names them; tests that need them are skipped elsewhere.</summary>
public static class ReferenceData
{
    public static string Path(params string[] parts)
    {
        var path = TryPath(parts);
        Assert.SkipUnless(path is not null, "reference data not present");
        return path;
    }

    /// <summary>The same without skipping: null where it is not there.</summary>
    public static string? TryPath(params string[] parts) =>
        Environment.GetEnvironmentVariable("TRAWL_REFERENCE_DATA") is { } root
        && System.IO.Path.Combine([root, .. parts]) is var path
        && File.Exists(path)
            ? path
            : null;
}
