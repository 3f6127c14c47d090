using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>The database: SQLite in a file, or PostgreSQL. It keeps what we have, what we still have to do and what we still owe to others.</summary>
sealed class Database : IAsyncDisposable
{
    readonly Dialect _dialect;

    // SQLite has one writer: here they wait for each other without asking it again and again
    readonly SemaphoreSlim? _writer;

    Database(Dialect dialect)
    {
        _dialect = dialect;
        _writer = dialect is SqliteDialect ? new SemaphoreSlim(1) : null;
    }

    /// <summary>Wakes those who wait for a change that this process, or with PostgreSQL any process, made.</summary>
    public Changes Changes { get; } = new();

    /// <summary>SQLite or PostgreSQL.</summary>
    public string Name => _dialect.Name;

    /// <summary>Whether workers of several machines may use it.</summary>
    public bool IsShared => _dialect is PostgresDialect;

    /// <summary>Describes a database: <c>postgresql://...</c>, or the path of a SQLite file. Nothing is opened yet.</summary>
    public static Database At(string place) =>
        PostgresDialect.AddressOf(place) is { } address
            ? new Database(new PostgresDialect(PostgresDialect.Of(address)))
            : new Database(new SqliteDialect(place));

    /// <summary>Does something in one transaction: all of it, or nothing.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ServiceUnavailable"/>: it cannot be reached now.</exception>
    public Task<T> InTransactionAsync<T>(Func<Statements, Task<T>> work, CancellationToken cancellation) =>
        RunAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                try
                {
                    var statements = new Statements(_dialect, connection, transaction, cancellation);
                    var result = await work(statements);
                    if (_dialect.Announce is { } announce && statements.Changed.Count > 0)
                        await statements.ExecuteAsync(announce, new { topics = string.Join(' ', statements.Changed) });
                    await transaction.CommitAsync(cancellation);
                    foreach (var topic in statements.Changed)
                        Changes[topic].Set();
                    return result;
                }
                catch (DbException)
                {
                    _dialect.Settle(connection);
                    throw;
                }
            },
            cancellation
        );

    /// <summary>Says one statement, which is a transaction by itself and costs one way to the database and back.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ServiceUnavailable"/>: it cannot be reached now.</exception>
    public Task<T> AtOnceAsync<T>(Func<Statements, Task<T>> statement, CancellationToken cancellation) =>
        RunAsync(connection => statement(new Statements(_dialect, connection, null, cancellation)), cancellation);

    async Task<T> RunAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellation)
    {
        await (_writer?.WaitAsync(cancellation) ?? Task.CompletedTask);
        try
        {
            await using var connection = await _dialect.OpenAsync(cancellation);
            return await work(connection);
        }
        catch (Exception e) when (_dialect.Failure(e) is { } failure)
        {
            throw failure;
        }
        finally
        {
            _writer?.Release();
        }
    }

    /// <summary>Hears of the changes of other processes, until it is stopped. SQLite tells nobody: there this process hears of its own.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of broken connections.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task ListenAsync(TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        if (!IsShared)
            return;
        var loop = new PollingLoop(TimeSpan.FromSeconds(1), time, logger);
        await loop.RunAsync(new WakeSignal(), HearAsync, cancellation);

        async Task<bool> HearAsync(CancellationToken token)
        {
            try
            {
                await _dialect.ListenAsync(Heard, Changes.SetAll, token);
                return true;
            }
            catch (Exception e) when (_dialect.Failure(e) is { } failure)
            {
                throw failure;
            }
        }

        void Heard(string topics)
        {
            foreach (var name in topics.Split(' '))
                if (Enum.TryParse<Topic>(name, out var topic) && Enum.IsDefined(topic))
                    Changes[topic].Set();
        }
    }

    /// <summary>Takes a lock that ends with this process; null while another process has it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<DatabaseLock?> TryLockAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await _dialect.TryLockAsync(name, cancellation);
        }
        catch (Exception e) when (_dialect.Failure(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The same for what returns nothing.</summary>
    public Task InTransactionAsync(Func<Statements, Task> work, CancellationToken cancellation) =>
        InTransactionAsync(
            async statements =>
            {
                await work(statements);
                return true;
            },
            cancellation
        );

    /// <summary>Copies a SQLite database, whole and in one moment, while others use it.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> for PostgreSQL, which has programs of its own for that.</exception>
    public async Task BackupAsync(string file, CancellationToken cancellation)
    {
        if (_dialect is not SqliteDialect)
            throw new TrawlException(FailureKind.Configuration, "PostgreSQL is copied by its own program pg_dump.");
        SqliteDialect.MakePrivate(file);
        await using var connection = await _dialect.OpenAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition("vacuum into @file", new { file }, cancellationToken: cancellation));
    }

    /// <summary>Sees to it that a file is a whole SQLite database of ours.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.WrongContent"/></exception>
    public static async Task CheckCopyAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            throw new TrawlException(FailureKind.Configuration, $"FILE is wrong: {file} does not exist.");
        try
        {
            await using var connection = await new SqliteDialect(file).OpenAsync(cancellation);
            var verdict = await connection.ExecuteScalarAsync<string>("pragma integrity_check");
            await connection.ExecuteScalarAsync<long>("select count(*) from trawl_jobs");
            if (verdict != "ok")
                throw new TrawlException(FailureKind.WrongContent, $"{file} is damaged: {verdict}");
        }
        catch (DbException e)
        {
            throw new TrawlException(FailureKind.WrongContent, $"{file} is no database of ours: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_dialect is IAsyncDisposable source)
            await source.DisposeAsync();
        _writer?.Dispose();
    }
}

/// <summary>What is said to the database within one transaction.</summary>
sealed class Statements(Dialect dialect, DbConnection connection, DbTransaction? transaction, CancellationToken cancellation)
{
    readonly HashSet<Topic> _changed = [];

    /// <summary>What this transaction changes that somebody waits for.</summary>
    public IReadOnlyCollection<Topic> Changed => _changed;

    /// <summary>Notes that this transaction changes something that somebody waits for; they are woken when it is committed.</summary>
    public void Announce(Topic topic) => _changed.Add(topic);

    /// <summary>The dialect at hand.</summary>
    public Dialect Dialect => dialect;

    /// <summary>Changes something; says how many rows.</summary>
    public Task<int> ExecuteAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

    /// <summary>All rows.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? values = null) =>
        [.. await connection.QueryAsync<T>(Command(sql, values))];

    /// <summary>The first row; the default where there is none.</summary>
    public Task<T?> FirstAsync<T>(string sql, object? values = null) => connection.QueryFirstOrDefaultAsync<T>(Command(sql, values));

    CommandDefinition Command(string sql, object? values) => new(dialect.Say(sql), values, transaction, cancellationToken: cancellation);
}
