using Trawl.Failures;
using Trawl.Http;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

/// <summary>What an outage may cost.</summary>
public class BudgetTests
{
    [Fact]
    public async Task A_video_costs_eight_requests_at_most()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web", "tikwm"] });
        run.World.Add(new FaultRule { Fault = "status", Host = "www.tiktok.com" });
        run.World.Add(
            new FaultRule
            {
                Fault = "redirect",
                Host = "www.tikwm.com",
                Args = new Dictionary<string, string> { ["to"] = "https://www.tikwm.com/again" },
            }
        );

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        run.Requests.ShouldBe(8);
        failure.Kind.ShouldBe(FailureKind.UpstreamError, "the first reason speaks");
        failure.Attempts[^1].Detail.ShouldBe("REQUEST_BUDGET");
    }

    [Fact]
    public async Task The_budget_ends_with_its_item_and_flows_into_what_it_starts()
    {
        using (RequestBudget.Begin(2))
        {
            RequestBudget.Begin(100).ShouldBeNull("an item within an item");
            RequestBudget.Spend();
            await Task.Run(RequestBudget.Spend);
            await Should.ThrowAsync<TrawlException>(() => Task.Run(RequestBudget.Spend));
            RequestBudget.Refund();
            RequestBudget.Refund();
            RequestBudget.Spend();
        }
        for (var i = 0; i < 10; i++)
            RequestBudget.Spend();
    }

    [Fact]
    public void In_the_long_run_one_in_five_may_be_tried_again()
    {
        var budget = new RetryBudget();

        var retries = 0;
        for (var i = 0; i < 1000; i++)
        {
            budget.FirstTry();
            while (budget.TryRetry())
                retries++;
        }

        retries.ShouldBeInRange(200, 210);
    }

    [Fact]
    public async Task When_everything_fails_retries_dry_up()
    {
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["web"],
                Cache = new() { Enabled = false },
            }
        );
        run.World.Add(new FaultRule { Fault = "status", Host = "www.tiktok.com" });
        var url = run.Trawl.Platforms.Parse(run.World.Links[1]);
        var web = run.Trawl.Platforms.ChainOf(url).Strategies[0];

        for (var i = 0; i < 100; i++)
            await Should.ThrowAsync<TrawlException>(() => run.UntilDoneAsync(web.ResolveAsync(url, new(), CancellationToken.None)));

        run.Requests.ShouldBeLessThanOrEqualTo(131, "100 first tries, ten retries to begin with and a fifth in the long run");
    }
}
