namespace Trawl.Benchmarks;

/// <summary>Where the programs lie.</summary>
static class Paths
{
    /// <summary>This program, to be run as a child.</summary>
    public static string Self { get; } = Environment.ProcessPath!;

    /// <summary>The executable behind <c>./trawl</c>.</summary>
    public static string Trawl { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Trawl.App/bin/Release/net10.0/trawl-app"));
}
