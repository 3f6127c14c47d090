namespace Trawl.App.Messaging;

/// <summary>A message that came in.</summary>
/// <param name="Topic">What it is called.</param>
/// <param name="CorrelationId">What its sender calls the matter; null where he does not.</param>
/// <param name="Body">Its body.</param>
sealed record Incoming(string Topic, string? CorrelationId, ReadOnlyMemory<byte> Body)
{
    /// <summary>How often it was tried before it came.</summary>
    public int Retries { get; init; }
}

/// <summary>
/// Where crawl orders, and the words that give them up, come in: RabbitMQ, or a table of the database. A message is handed on until it has been kept;
/// what cannot be used is put aside with the reason and holds up nobody.
/// </summary>
interface IWorkQueue
{
    /// <summary>Hands on what comes in until it is stopped.</summary>
    /// <param name="keepAsync">Keeps an order. A <see cref="FormatException"/> says that it is none.</param>
    /// <param name="cancelAsync">Gives up a job.</param>
    /// <param name="cancellation">Stops it.</param>
    Task ListenAsync(
        Func<Incoming, CancellationToken, Task> keepAsync,
        Func<Incoming, CancellationToken, Task> cancelAsync,
        CancellationToken cancellation
    );

    /// <summary>Sees to it that it can be reached.</summary>
    /// <exception cref="Failures.TrawlException"><see cref="Failures.FailureKind.ServiceUnavailable"/></exception>
    Task ReadyAsync(CancellationToken cancellation);
}
