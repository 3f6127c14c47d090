using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

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

    /// <summary>Says whether we are the one who sends, for the length of a transaction.</summary>
    public abstract string TakeOutbox { get; }

    /// <summary>Opens a connection.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellation);

    /// <summary>Whether another try may do what this one could not.</summary>
    public abstract bool IsPassing(DbException exception);

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
    const int Busy = 5;
    const int Locked = 6;
    const int Io = 10;
    const int Full = 13;
    const int CannotOpen = 14;

    static SqliteDialect() => SQLitePCL.Batteries_V2.Init();

    public override string Name => "SQLite";

    protected override string Now => "((julianday('now') - 2440587.5) * 86400.0)";

    protected override string Claimed => "";

    protected override string Identity => "integer primary key autoincrement";

    public override string LockSchema => "select 1";

    public override string TakeOutbox => "select 1";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
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

    // a disk that is full may have room again
    public override bool IsPassing(DbException exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked or Io or Full or CannotOpen };
}

/// <summary>PostgreSQL: any number of workers.</summary>
sealed class PostgresDialect(string connection) : Dialect, IAsyncDisposable
{
    readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connection);

    public override string Name => "PostgreSQL";

    protected override string Now => "extract(epoch from clock_timestamp())::double precision";

    protected override string Claimed => "for update of c skip locked";

    protected override string Identity => "bigint generated always as identity primary key";

    public override string LockSchema => "select pg_advisory_xact_lock(749210345)";

    public override string TakeOutbox => "select pg_try_advisory_xact_lock(749210346)";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation) => await _source.OpenConnectionAsync(cancellation);

    // 40001 serialization, 40P01 deadlock, 53xxx no disk, memory or connection left, 57P0x shutting down, 08xxx connection
    public override bool IsPassing(DbException exception) =>
        exception is NpgsqlException { IsTransient: true }
        || exception is not PostgresException
        || (
            exception is PostgresException { SqlState: var state }
            && (
                state.StartsWith("57P", StringComparison.Ordinal)
                || state.StartsWith("53", StringComparison.Ordinal)
                || state.StartsWith("08", StringComparison.Ordinal)
            )
        );

    public ValueTask DisposeAsync() => _source.DisposeAsync();

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
        };
        if (address.Query.Contains("sslmode=disable", StringComparison.OrdinalIgnoreCase))
            builder.SslMode = SslMode.Disable;
        return builder.ToString();
    }
}
