using Trawl.App.Concurrency;

namespace Trawl.App.Tests.Concurrency;

public class TaskGroupTests
{
    [Fact]
    public async Task When_one_breaks_the_others_are_stopped_and_that_is_told()
    {
        var wasStopped = false;

        var failure = await Should.ThrowAsync<InvalidOperationException>(() =>
            TaskGroup.RunAsync(
                TestContext.Current.CancellationToken,
                async token =>
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    wasStopped = true;
                },
                _ => Task.FromException(new InvalidOperationException("broken"))
            )
        );

        failure.Message.ShouldBe("broken");
        wasStopped.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_ends_by_itself_stops_nobody()
    {
        using var stop = new CancellationTokenSource();
        var running = TaskGroup.RunAsync(
            stop.Token,
            _ => Task.CompletedTask,
            token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)
        );

        running.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();

        await running;
    }
}
