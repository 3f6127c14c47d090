using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Storage;

/// <summary>The pace of hosts in the database: however many workers there are, those that go out the same way ask a host together as often as one may.</summary>
/// <param name="database">The database.</param>
/// <param name="wayOut">What the way out is called: workers of the same name share a pace.</param>
sealed class PaceBook(Database database, string wayOut) : SharedPace
{
    const int LongestQueue = 100;

    /// <inheritdoc/>
    public override async ValueTask<TimeSpan> TakeAsync(string host, HostPace pace, CancellationToken cancellation)
    {
        var wait = await database.InTransactionAsync(
            async statements =>
            {
                var turns = await TurnsAsync(statements, host);
                var interval = pace.Interval.TotalSeconds;
                var mine = Math.Max(turns.Now, Math.Max(turns.Due - (interval * (pace.Burst - 1)), turns.SilentUntil));
                if (mine - turns.Now > interval * LongestQueue)
                    return (mine - turns.Now) * -1;
                await statements.ExecuteAsync(
                    "update trawl_pace set due = @due where way_out = @wayOut and host = @host",
                    new
                    {
                        due = Math.Max(turns.Due, mine) + interval,
                        wayOut,
                        host,
                    }
                );
                return mine - turns.Now;
            },
            cancellation
        );
        return wait >= 0
            ? TimeSpan.FromSeconds(wait)
            : throw new TrawlException(FailureKind.RateLimited, $"All workers together wait {-wait:0} s for {host}.")
            {
                RetryAfter = TimeSpan.FromSeconds(-wait),
            };
    }

    /// <inheritdoc/>
    public override async ValueTask SilenceAsync(string host, TimeSpan duration, CancellationToken cancellation) =>
        await database.InTransactionAsync(
            async statements =>
            {
                var turns = await TurnsAsync(statements, host);
                await statements.ExecuteAsync(
                    "update trawl_pace set silent_until = @until where way_out = @wayOut and host = @host",
                    new
                    {
                        until = Math.Max(turns.SilentUntil, turns.Now + duration.TotalSeconds),
                        wayOut,
                        host,
                    }
                );
            },
            cancellation
        );

    // and nobody else's until the transaction ends
    async Task<Turns> TurnsAsync(Statements statements, string host)
    {
        await statements.ExecuteAsync(
            "insert into trawl_pace (way_out, host) values (@wayOut, @host) on conflict do nothing",
            new { wayOut, host }
        );
        return (
            await statements.FirstAsync<Turns>(
                """
                update trawl_pace
                set host = host
                where way_out = @wayOut and host = @host
                returning due as Due, silent_until as SilentUntil, {now} as Now
                """,
                new { wayOut, host }
            )
        )!;
    }

    sealed record Turns
    {
        public double Due { get; init; }
        public double SilentUntil { get; init; }
        public double Now { get; init; }
    }
}
