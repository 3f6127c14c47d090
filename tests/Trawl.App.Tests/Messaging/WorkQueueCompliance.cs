using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using Trawl.App.Messaging;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Messaging;

/// <summary>What a way in for orders promises, whatever carries them.</summary>
public abstract class WorkQueueCompliance
{
    protected static readonly CancellationToken None = TestContext.Current.CancellationToken;

    readonly ConcurrentQueue<string> _kept = new();
    readonly ConcurrentQueue<string> _cancelled = new();

    /// <summary>Runs a test with a queue, a way to send, and the bodies that were put aside.</summary>
    private protected abstract Task WithAsync(
        Func<Func<IWorkQueue>, Func<string, string, Task>, Func<Task<IReadOnlyList<string>>>, Task> test
    );

    [Fact]
    public Task Orders_are_handed_on_in_their_order_and_once() =>
        WithAsync(
            async (queue, send, _) =>
            {
                for (var i = 0; i < 5; i++)
                    await send("videos.search.request", $"{i}");

                await ListenAsync(queue(), Keep, () => _kept.Count == 5);
                await send("videos.search.request", "5");
                await ListenAsync(queue(), Keep, () => _kept.Count == 6);

                _kept.ShouldBe(["0", "1", "2", "3", "4", "5"]);
            }
        );

    [Fact]
    public Task Words_that_give_a_job_up_go_their_own_way() =>
        WithAsync(
            async (queue, send, _) =>
            {
                await send("job.cancelled", "a");
                await send("job.deleted", "b");

                await ListenAsync(queue(), Keep, () => _cancelled.Count == 2);

                _cancelled.Order().ShouldBe(["a", "b"]);
                _kept.ShouldBeEmpty();
            }
        );

    [Fact]
    public Task What_is_no_order_is_put_aside_and_holds_up_nobody() =>
        WithAsync(
            async (queue, send, refused) =>
            {
                await send("videos.search.request", "bad");
                await send("videos.search.request", "good");

                await ListenAsync(
                    queue(),
                    (m, t) => Text(m) == "bad" ? throw new FormatException("no order") : Keep(m, t),
                    () => !_kept.IsEmpty
                );

                _kept.ShouldBe(["good"]);
                (await refused()).ShouldBe(["bad"]);
            }
        );

    [Fact]
    public Task One_that_breaks_us_is_tried_three_times_then_put_aside_and_holds_up_nobody() =>
        WithAsync(
            async (queue, send, refused) =>
            {
                var tries = 0;
                await send("videos.search.request", "poison");
                await send("videos.search.request", "good");

                await ListenAsync(
                    queue(),
                    (m, t) => Text(m) == "poison" ? throw new OverflowException($"{tries++}") : Keep(m, t),
                    () => !_kept.IsEmpty
                );

                tries.ShouldBe(3);
                _kept.ShouldBe(["good"]);
                (await refused()).ShouldBe(["poison"]);
            }
        );

    [Fact]
    public Task What_could_not_be_kept_now_comes_again() =>
        WithAsync(
            async (queue, send, refused) =>
            {
                var tries = 0;
                await send("videos.search.request", "a");

                await ListenAsync(
                    queue(),
                    (m, t) => tries++ == 0 ? throw new TrawlException(FailureKind.ServiceUnavailable, "away") : Keep(m, t),
                    () => !_kept.IsEmpty
                );

                tries.ShouldBe(2);
                (await refused()).ShouldBeEmpty();
            }
        );

    [Fact]
    public Task What_a_dead_listener_held_comes_to_another_one() =>
        WithAsync(
            async (queue, send, _) =>
            {
                await send("videos.search.request", "a");
                var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using var death = CancellationTokenSource.CreateLinkedTokenSource(None);
                var first = queue();
                var dying = first.ListenAsync(
                    async (_, t) =>
                    {
                        held.TrySetResult();
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, t);
                    },
                    Cancel,
                    death.Token
                );
                await held.Task;
                await death.CancelAsync();
                await dying;
                if (first is IAsyncDisposable connection)
                    await connection.DisposeAsync();

                await ListenAsync(queue(), Keep, () => !_kept.IsEmpty);

                _kept.ShouldBe(["a"]);
            }
        );

    static string Text(Incoming message) => Encoding.UTF8.GetString(message.Body.Span);

    Task Keep(Incoming message, CancellationToken cancellation)
    {
        message.CorrelationId.ShouldBe("c");
        _kept.Enqueue(Text(message));
        return Task.CompletedTask;
    }

    Task Cancel(Incoming message, CancellationToken cancellation)
    {
        _cancelled.Enqueue(Text(message));
        return Task.CompletedTask;
    }

    async Task ListenAsync(IWorkQueue queue, Func<Incoming, CancellationToken, Task> keep, Func<bool> isEnough)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(None);
        stop.CancelAfter(TimeSpan.FromSeconds(40));
        var listening = queue.ListenAsync(keep, Cancel, stop.Token);
        while (!isEnough() && !stop.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        // what has been handed on is noted as kept a moment later
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await stop.CancelAsync();
        await listening;
        if (queue is IAsyncDisposable connection)
            await connection.DisposeAsync();
        isEnough().ShouldBeTrue();
    }
}

public sealed class SqliteInboxTests : WorkQueueCompliance
{
    private protected override async Task WithAsync(
        Func<Func<IWorkQueue>, Func<string, string, Task>, Func<Task<IReadOnlyList<string>>>, Task> test
    )
    {
        using var folder = new TempFolder();
        await InboxTests.WithAsync(folder.File("trawl.db"), test);
    }
}

[Collection(ServersCollection.Name)]
public sealed class PostgresInboxTests(ServersFixture servers) : WorkQueueCompliance
{
    private protected override async Task WithAsync(
        Func<Func<IWorkQueue>, Func<string, string, Task>, Func<Task<IReadOnlyList<string>>>, Task> test
    ) => await InboxTests.WithAsync(await servers.Postgres.NewDatabaseAsync(), test);
}

static class InboxTests
{
    public static async Task WithAsync(
        string place,
        Func<Func<IWorkQueue>, Func<string, string, Task>, Func<Task<IReadOnlyList<string>>>, Task> test
    )
    {
        await using var database = Database.At(place);
        await Migrations.ApplyAsync(database, CancellationToken.None);
        var inbox = new Inbox(database, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance);
        await test(
            () => inbox,
            (topic, body) => inbox.AddAsync(topic, "c", body, CancellationToken.None),
            async () => [.. (await inbox.RefusedAsync(CancellationToken.None)).Select(m => m.Body)]
        );
    }
}

[Collection(ServersCollection.Name)]
public sealed class BrokerTests(ServersFixture servers) : WorkQueueCompliance
{
    private protected override Task WithAsync(
        Func<Func<IWorkQueue>, Func<string, string, Task>, Func<Task<IReadOnlyList<string>>>, Task> test
    ) => WithAsync(quorum: false, test);

    [Fact]
    public Task With_quorum_queues_it_is_the_same() =>
        WithAsync(
            quorum: true,
            async (queue, send, refused) =>
            {
                await send("videos.search.request", "bad");
                await using var broker = (Broker)queue();
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(None);
                var listening = broker.ListenAsync((_, _) => throw new FormatException("no"), (_, _) => Task.CompletedTask, stop.Token);
                while ((await refused()).Count == 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
                await stop.CancelAsync();
                await listening;
            }
        );

    async Task WithAsync(bool quorum, Func<Func<IWorkQueue>, Func<string, string, Task>, Func<Task<IReadOnlyList<string>>>, Task> test)
    {
        var address = await servers.Rabbit.NewHostAsync();
        await using (var first = new Broker(address, quorum, NullLogger.Instance, TimeProvider.System))
        {
            // declares what there is
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await first.ListenAsync((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask, stop.Token);
        }
        await using var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync(None);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: None);
        var refused = new List<string>();
        await test(
            () => new Broker(address, quorum, NullLogger.Instance, TimeProvider.System),
            (topic, body) =>
                channel
                    .BasicPublishAsync(
                        "product_video_matching",
                        topic,
                        false,
                        new BasicProperties { CorrelationId = "c" },
                        Encoding.UTF8.GetBytes(body),
                        None
                    )
                    .AsTask(),
            async () =>
            {
                while (await channel.BasicGetAsync("queue.videos.search.request.dlq", autoAck: true, None) is { } letter)
                    refused.Add(Encoding.UTF8.GetString(letter.Body.Span));
                return refused;
            }
        );
    }
}
