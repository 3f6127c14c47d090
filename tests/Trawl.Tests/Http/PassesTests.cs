using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

public class PassesTests
{
    static readonly VisitRequest Errand = new(new Uri("http://site.test/"));

    [Fact]
    public async Task An_ended_pass_is_renewed_once_for_twenty_who_need_it()
    {
        var clock = new FakeClock();
        var door = new Door(clock);
        await using var site = Host(40);
        using var network = Network(site, door, clock);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(network)));
        door.LogIns.ShouldBe(1);

        clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(network)));

        door.LogIns.ShouldBe(2);
        site.Requests.Count(r => r.Contains("Authorization: Bearer 1", StringComparison.Ordinal)).ShouldBe(20);
        site.Requests.Count(r => r.Contains("Authorization: Bearer 2", StringComparison.Ordinal)).ShouldBe(20);
    }

    [Fact]
    public async Task A_pass_goes_to_its_host_only()
    {
        await using var site = new ScriptedHost(ScriptedHost.Redirect("http://other.test/"), ScriptedHost.Answer());
        using var network = Network(site, new Door(new FakeClock()), new FakeClock());

        await AskAsync(network);

        site.Requests[0].ShouldContain("Authorization");
        site.Requests[1].ShouldNotContain("Authorization");
    }

    [Fact]
    public async Task A_refused_pass_is_forgotten_and_the_next_errand_logs_in_again()
    {
        var clock = new FakeClock();
        var (door, store) = (new Door(clock), new Drawer());
        await using var site = new ScriptedHost(ScriptedHost.Answer(status: "401 Unauthorized"), ScriptedHost.Answer());
        using var network = Network(site, door, clock, store);

        await AskAsync(network);
        store.Kept.ShouldBeEmpty();
        await AskAsync(network);

        door.LogIns.ShouldBe(2);
        store.Kept.Keys.ShouldBe(["door"]);
    }

    [Fact]
    public async Task A_pass_that_was_kept_saves_the_login_after_a_restart()
    {
        var clock = new FakeClock();
        var (door, store) = (new Door(clock), new Drawer());
        await using var site = Host(2);
        using (var first = Network(site, door, clock, store))
            await AskAsync(first);

        using (var second = Network(site, door, clock, store))
            await AskAsync(second);

        door.LogIns.ShouldBe(1);
        site.Requests[1].ShouldContain("Authorization: Bearer 1");
    }

    static ScriptedHost Host(int answers) => new([.. Enumerable.Repeat(ScriptedHost.Answer(), answers)]);

    static Network Network(ScriptedHost site, Authenticator door, TimeProvider clock, CredentialStore? store = null) =>
        new(
            new HttpOptions { Authenticators = [door], Credentials = store },
            NullLogger.Instance,
            clock,
            new Switchboard().Plug("site.test", site).Plug("other.test", site)
        );

    static Task AskAsync(Network network) => network.Visit(Session.Desktop).GetPageAsync(Errand, TestContext.Current.CancellationToken);

    sealed class Drawer : CredentialStore
    {
        public Dictionary<string, Pass> Kept { get; } = [];

        public override Task<Pass?> ReadAsync(string name, CancellationToken cancellation) => Task.FromResult(Kept.GetValueOrDefault(name));

        public override Task WriteAsync(string name, Pass? pass, CancellationToken cancellation)
        {
            if (pass is null)
                Kept.Remove(name);
            else
                Kept[name] = pass;
            return Task.CompletedTask;
        }
    }
}
