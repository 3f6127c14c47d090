using Trawl.Failures;
using Trawl.Http;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Platforms;

/// <summary>The strategy <c>tikwm</c> towards a service that counts.</summary>
public class TikwmTests
{
    const string Service = "www.tikwm.com";

    [Fact]
    public async Task When_the_day_is_used_up_all_on_the_same_way_out_leave_it_alone()
    {
        var others = new Others();
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["tikwm"],
                Http = new HttpOptions { SharedPace = others },
            }
        );
        run.World.Add(
            new FaultRule
            {
                Host = Service,
                Fault = "answer",
                Args = new Dictionary<string, string> { ["body"] = """{"code":-1,"msg":"Free Api Limit: 10000 request/ 1 day."}""" },
                Times = 1,
            }
        );

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        failure.Kind.ShouldBe(FailureKind.RateLimited);
        others.Silences.ShouldBe([(Service, TimeSpan.FromHours(1))]);
    }

    // what other programs on the same way out would be told
    sealed class Others : SharedPace
    {
        public List<(string Host, TimeSpan Duration)> Silences { get; } = [];

        public override ValueTask<TimeSpan> TakeAsync(string host, HostPace pace, CancellationToken cancellation) => new(TimeSpan.Zero);

        public override ValueTask SilenceAsync(string host, TimeSpan duration, CancellationToken cancellation)
        {
            Silences.Add((host, duration));
            return ValueTask.CompletedTask;
        }
    }
}
