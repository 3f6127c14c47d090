namespace Trawl.Tests.Shared;

/// <summary>Real captures and numbers, where the environment names them; tests that need them are skipped elsewhere.</summary>
public static class ReferenceData
{
    public static string Path(params string[] parts)
    {
        var root = Environment.GetEnvironmentVariable("TRAWL_REFERENCE_DATA");
        var path = root is null ? "" : System.IO.Path.Combine([root, .. parts]);
        Assert.SkipUnless(File.Exists(path), "reference data not present");
        return path;
    }
}
