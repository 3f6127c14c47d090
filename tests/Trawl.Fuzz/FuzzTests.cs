namespace Trawl.Fuzz;

/// <summary>Everything that reads foreign data, fed with what nobody thought of.</summary>
public class FuzzTests
{
    // of all targets together
    static readonly long Inputs = Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1" ? 2_000_000 : 20_000;

    public static TheoryData<string> Names => [.. Targets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_but_a_failure_of_ours_comes_of_it_and_no_input_costs_a_quarter_of_a_second(string name)
    {
        var target = Targets.All.Single(t => t.Name == name);
        var before = Settled();

        target.Run(Inputs / Targets.All.Count);

        (Settled() - before).ShouldBeLessThan(64 << 20, "nothing is kept of what was read");
    }

    static long Settled() => GC.GetTotalMemory(forceFullCollection: true);
}
