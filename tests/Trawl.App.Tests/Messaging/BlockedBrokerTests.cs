using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Trawl.App.Messaging;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Messaging;

/// <summary>A RabbitMQ that takes nothing for a while, or says too late that it has.</summary>
[Collection(ServersCollection.Name)]
public sealed class BlockedBrokerTests(ServersFixture servers) : IDisposable
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;
    static readonly bool IsNightly = Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1";

    readonly TempFolder _folder = new();

    public static TheoryData<string> Databases => ["SQLite", "PostgreSQL"];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_is_told_while_it_takes_nothing_arrives_in_order_afterwards_and_nobody_waits(string kind)
    {
        await using var run = await StartAsync(kind);
        var clock = new FakeClock();
        await using var broker = new Broker(run.Address, quorum: false, NullLogger.Instance, clock);
        await using var publisher = new EventPublisher(run.Database, broker, TimeSpan.FromSeconds(1), clock, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var sending = publisher.RunAsync(stop.Token);

        await run.TellAsync(20);
        await PassUntilAsync(async () => (await run.UnsentAsync()).Count == 0);
        await servers.Rabbit.BlockAsync();
        var began = clock.GetUtcNow();
        try
        {
            // ten minutes: its patience ends again and again, and every event is noted at once all the same
            for (var i = 0; i < 300; i++)
            {
                await run.TellAsync(1);
                clock.Advance(TimeSpan.FromSeconds(2));
            }
            await PassUntilAsync(() => Task.FromResult(clock.GetUtcNow() - began > TimeSpan.FromMinutes(15)));
            var unsent = await run.UnsentAsync();
            unsent.Select(e => e.Seq).ShouldBe(Enumerable.Range(21, 300).Select(i => (long)i), "none of them is told as sent");
        }
        finally
        {
            await servers.Rabbit.UnblockAsync();
        }
        await PassUntilAsync(async () => (await run.UnsentAsync()).Count == 0);
        await stop.CancelAsync();
        await sending;

        run.InOrder().ShouldBe(Enumerable.Range(1, 320).Select(i => (long)i));

        async Task PassUntilAsync(Func<Task<bool>> isSo)
        {
            while (!await isSo())
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, None);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_word_that_comes_too_late_counts_for_no_other_event(string kind)
    {
        await using var run = await StartAsync(kind);
        await using var proxy = new HoldingProxy(servers.Rabbit.Port);
        var clock = new FakeClock();
        await using var broker = new Broker(run.AddressBy(proxy), quorum: false, NullLogger.Instance, clock);
        await using var publisher = new EventPublisher(run.Database, broker, TimeSpan.FromSeconds(1), clock, NullLogger.Instance);
        var times = IsNightly ? 500 : 5;

        for (var i = 0; i < times; i++)
        {
            // it takes them, and its word is under way for too long
            await run.TellAsync(2, $"slow-{i}");
            await TimesOutAsync(proxy.HoldAnswersAfter($"slow-{i}"));
            var owed = (await run.UnsentAsync()).Count;
            owed.ShouldBe(2);
            // now that word comes, while the next events have not reached it
            await run.TellAsync(1, $"lost-{i}");
            var held = proxy.HoldFrom($"lost-{i}");
            proxy.LetAnswersGo();
            await TimesOutAsync(held);
            (await run.UnsentAsync()).ShouldContain(e => e.Body.Contains($"lost-{i}"), "it has not arrived");
            proxy.LetGo();
            await publisher.FlushAsync(None);
            (await run.UnsentAsync()).ShouldBeEmpty();
        }

        await run.UntilArrivedAsync(3 * times);
        run.InOrder().ShouldBe(Enumerable.Range(1, 3 * times).Select(i => (long)i));

        async Task TimesOutAsync(Task said)
        {
            var flush = publisher.FlushAsync(None);
            await said;
            clock.Advance(TimeSpan.FromSeconds(31));
            (await Should.ThrowAsync<TrawlException>(flush)).Kind.ShouldBe(FailureKind.ServiceUnavailable);
        }
    }

    public void Dispose() => _folder.Dispose();

    async Task<OutboxRun> StartAsync(string kind)
    {
        var database = Database.At(kind == "SQLite" ? _folder.File("trawl.db") : await servers.Postgres.NewDatabaseAsync());
        await Migrations.ApplyAsync(database, None);
        var address = await servers.Rabbit.NewHostAsync();
        var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync(None);
        var channel = await connection.CreateChannelAsync(cancellationToken: None);
        await channel.ExchangeDeclareAsync("product_video_matching", ExchangeType.Topic, durable: true, cancellationToken: None);
        await channel.QueueDeclareAsync("all", durable: true, exclusive: false, autoDelete: false, cancellationToken: None);
        await channel.QueueBindAsync("all", "product_video_matching", "#", cancellationToken: None);
        var run = new OutboxRun(database, address, connection);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            run.Arrived.Enqueue(long.Parse(Encoding.UTF8.GetString(delivery.Body.Span).Split(' ')[0]));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("all", autoAck: true, consumer, None);
        return run;
    }

    /// <summary>An outbox whose events somebody reads; the body of each begins with its number.</summary>
    sealed class OutboxRun(Database database, Uri address, IConnection reading) : IAsyncDisposable
    {
        int _told;

        public Database Database => database;

        public Uri Address => address;

        public ConcurrentQueue<long> Arrived { get; } = [];

        public Uri AddressBy(HoldingProxy proxy) => new UriBuilder(address) { Port = proxy.Port }.Uri;

        public async Task TellAsync(int count, string word = "")
        {
            for (var i = 0; i < count; i++)
            {
                var number = ++_told;
                await database.InTransactionAsync(
                    async statements =>
                    {
                        await Outbox.AddAsync(statements, $"e{number}", "job", null, "videos.test", "c", $"{number} {word}");
                        return 0;
                    },
                    None
                );
            }
        }

        public Task<IReadOnlyList<OutboxEvent>> UnsentAsync() => new Outbox(database).UnsentAsync(10_000, None);

        /// <summary>What has arrived, in its order; what came twice counts where it came first.</summary>
        public IReadOnlyList<long> InOrder() => [.. Arrived.Distinct()];

        public async Task UntilArrivedAsync(int last)
        {
            while (!Arrived.Contains(last))
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, None);
        }

        public async ValueTask DisposeAsync()
        {
            await reading.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
