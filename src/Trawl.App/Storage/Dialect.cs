using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Npgsql;
using Trawl.Failures;
using Trawl.Files;

namespace Trawl.App.Storage;

/// <summary>All that SQLite and PostgreSQL say differently. Everywhere else one SQL text serves both.</summary>
abstract class Dialect
{
    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>The time, in seconds since 1970, by the database's own clock.</summary>
    protected abstract string Now { get; }

    /// <summary>Locks the rows chosen of the table called c, and passes over those somebody else is just taking.</summary>
    protected abstract string Claimed { get; }

    /// <summary>A key that grows by itself.</summary>
    protected abstract string Identity { get; }

    /// <summary>Keeps two programs from changing the schema at the same time, for the length of a transaction.</summary>
    public abstract string LockSchema { get; }

    /// <summary>Tells other processes of the @topics a transaction changes; null where they cannot be told.</summary>
    public virtual string? Announce => null;

    /// <summary>Opens a connection.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellation);

    /// <summary>Takes a lock that ends with this process; null while another process has it.</summary>
    public abstract Task<DatabaseLock?> TryLockAsync(string name, CancellationToken cancellation);

    /// <summary>The failure an exception is; null for a defect of ours.</summary>
    public abstract TrawlException? Failure(Exception exception);

    /// <summary>Hears of the changes of other processes, until it is stopped or the connection breaks.</summary>
    /// <param name="heard">Is told their topics.</param>
    /// <param name="began">Is told when it begins to hear: changes before that were missed.</param>
    /// <param name="cancellation">Stops it.</param>
    public virtual Task ListenAsync(Action<string> heard, Action began, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Makes a connection fit to be closed after something failed on it.</summary>
    public virtual void Settle(DbConnection connection) { }

    /// <summary>The text as this database wants it.</summary>
    public string Say(string sql) =>
        sql.Replace("{now}", Now, StringComparison.Ordinal)
            .Replace("{claimed}", Claimed, StringComparison.Ordinal)
            .Replace("{identity}", Identity, StringComparison.Ordinal);
}

/// <summary>SQLite: one file, one writer at a time.</summary>
sealed class SqliteDialect(string file) : Dialect
{
    const int Forbidden = 3;
    const int Busy = 5;
    const int Locked = 6;
    const int ReadOnly = 8;
    const int Io = 10;
    const int Corrupt = 11;
    const int Full = 13;
    const int CannotOpen = 14;
    const int NotAllowed = 23;
    const int NoDatabase = 26;

    public override string Name => "SQLite";

    protected override string Now => "((julianday('now') - 2440587.5) * 86400.0)";

    protected override string Claimed => "";

    protected override string Identity => "integer primary key autoincrement";

    public override string LockSchema => "select 1";

    // who may read it may read what webhooks are signed with
    const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    bool _isPrivate;

    /// <summary>Makes a file that only its owner may read, and what there is of it already.</summary>
    public static void MakePrivate(string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (!File.Exists(file))
            new FileStream(
                file,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = OwnersOnly,
                }
            ).Dispose();
        foreach (var part in (string[])[file, $"{file}-wal", $"{file}-shm"])
            if (File.Exists(part) && File.GetUnixFileMode(part) != OwnersOnly)
                Narrow(part);
    }

    [UnsupportedOSPlatform("windows")]
    static void Narrow(string file)
    {
        try
        {
            File.SetUnixFileMode(file, OwnersOnly);
        }
        catch (UnauthorizedAccessException)
        {
            // it is somebody else's, who has let us use it
        }
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        if (!_isPrivate)
            MakePrivate(file);
        _isPrivate = true;
        var text = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        var connection = new SqliteConnection(text);
        await connection.OpenAsync(cancellation);
        // what is committed stays committed, also when the power fails
        await using var command = connection.CreateCommand();
        command.CommandText =
            "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 30000;";
        await command.ExecuteNonQueryAsync(cancellation);
        return connection;
    }

    // Where the disk is full SQLite gives a transaction up by itself; the library then insists on giving one up and would fail for want of it.
    public override void Settle(DbConnection connection)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(((SqliteConnection)connection).Handle) == 0)
            return;
        using var command = connection.CreateCommand();
        command.CommandText = "begin";
        command.ExecuteNonQuery();
    }

    public override Task<DatabaseLock?> TryLockAsync(string name, CancellationToken cancellation) =>
        Task.FromResult<DatabaseLock?>(FileLock.Try($"{file}-{name}.lock"));

    public override TrawlException? Failure(Exception exception) =>
        exception switch
        {
            SqliteException { SqliteErrorCode: Busy or Locked } => new(
                FailureKind.ServiceUnavailable,
                $"The database {file} is in use: {exception.Message}",
                exception
            ),
            SqliteException { SqliteErrorCode: Full } => new(FailureKind.StorageFull, $"No space is left for {file}.", exception),
            SqliteException { SqliteErrorCode: Io or CannotOpen or ReadOnly or Forbidden or NotAllowed } => new(
                FailureKind.StorageDenied,
                $"The database {file} cannot be opened or written: {exception.Message}",
                exception
            ),
            SqliteException { SqliteErrorCode: NoDatabase } => new(
                FailureKind.Configuration,
                $"{file} is no SQLite database. Name another file by Work:Database, or another folder by -P.",
                exception
            ),
            SqliteException { SqliteErrorCode: Corrupt } => new(
                FailureKind.WrongContent,
                $"The database {file} is damaged: {exception.Message} `trawl db restore` takes a backup in its place.",
                exception
            ),
            IOException or UnauthorizedAccessException => StorageFailure.From(exception, file),
            DllNotFoundException or TypeInitializationException => new(
                FailureKind.ToolMissing,
                $"The library of SQLite cannot be loaded: {exception.GetBaseException().Message}",
                exception
            ),
            _ => null,
        };
}

/// <summary>PostgreSQL: any number of workers.</summary>
sealed class PostgresDialect(string connection) : Dialect, IAsyncDisposable
{
    const string Channel = "trawl_changes";

    readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connection);

    public override string Name => "PostgreSQL";

    protected override string Now => "extract(epoch from clock_timestamp())::double precision";

    protected override string Claimed => "for update of c skip locked";

    protected override string Identity => "bigint generated always as identity primary key";

    public override string LockSchema => "select pg_advisory_xact_lock(749210345)";

    public override string? Announce => $"select pg_notify('{Channel}', @topics)";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation) => await _source.OpenConnectionAsync(cancellation);

    public override async Task<DatabaseLock?> TryLockAsync(string name, CancellationToken cancellation) =>
        await SessionLock.TryAsync(
            await _source.OpenConnectionAsync(cancellation),
            $"select pg_try_advisory_lock(hashtext('trawl {name}'))",
            $"select pg_advisory_unlock(hashtext('trawl {name}'))",
            cancellation
        );

    public override TrawlException? Failure(Exception exception) =>
        exception switch
        {
            PostgresException { SqlState: var state } refused when IsOfSetup(state) => new(
                FailureKind.Configuration,
                $"PostgreSQL refuses us: {refused.MessageText}. Correct the address of the database.",
                refused
            ),
            PostgresException { SqlState: var state, IsTransient: false } when !IsPassing(state) => null,
            NpgsqlException or SocketException or TimeoutException => new(
                FailureKind.ServiceUnavailable,
                $"The database does not answer: {exception.Message}",
                exception
            ),
            _ => null,
        };

    // 28 name or password, 3D000 no such database
    static bool IsOfSetup(string state) => state.StartsWith("28", StringComparison.Ordinal) || state == "3D000";

    // 40001 serialization, 40P01 deadlock, 53xxx no disk, memory or connection left, 57P0x shutting down, 08xxx connection
    static bool IsPassing(string state) =>
        state is "40001" or "40P01"
        || state.StartsWith("57P", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("08", StringComparison.Ordinal);

    public override async Task ListenAsync(Action<string> heard, Action began, CancellationToken cancellation)
    {
        await using var listener = await _source.OpenConnectionAsync(cancellation);
        listener.Notification += (_, change) => heard(change.Payload);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", listener))
            await listen.ExecuteNonQueryAsync(cancellation);
        began();
        while (true)
            await listener.WaitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>The address of a PostgreSQL database; null for anything else.</summary>
    public static Uri? AddressOf(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "postgres" or "postgresql" ? address : null;

    /// <summary>A connection string of an address such as <c>postgresql://user:password@host:5432/name?sslmode=disable</c>.</summary>
    public static string Of(Uri address)
    {
        var user = address.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : 5432,
            Database = address.AbsolutePath.Trim('/'),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            ApplicationName = "product_video_matching",
            MaxPoolSize = 20,
            MaxAutoPrepare = 50, // the same few statements again and again
            NoResetOnClose = true, // nothing is ever set for a session
            CommandTimeout = 60,
            Timeout = 30,
            TcpKeepAlive = true, // a connection that only listens would not notice that the server has gone
        };
        if (address.Query.Contains("sslmode=disable", StringComparison.OrdinalIgnoreCase))
            builder.SslMode = SslMode.Disable;
        return builder.ToString();
    }
}
