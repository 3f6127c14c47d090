using System.Data.Common;

namespace Trawl.App.Storage;

/// <summary>A lock of a database that one process holds; it ends with the process, however that ends.</summary>
abstract class DatabaseLock : IAsyncDisposable
{
    /// <summary>Whether it is still held.</summary>
    public abstract Task<bool> IsHeldAsync(CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A lock of a SQLite database: on a file beside it.</summary>
sealed class FileLock(FileStream file) : DatabaseLock
{
    /// <summary>Takes it; null while another process has it.</summary>
    public static FileLock? Try(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public override Task<bool> IsHeldAsync(CancellationToken cancellation) => Task.FromResult(true);

    public override ValueTask DisposeAsync() => file.DisposeAsync();
}

/// <summary>A lock of PostgreSQL, held by a connection of its own.</summary>
sealed class SessionLock(DbConnection connection, string release) : DatabaseLock
{
    /// <summary>Takes it; null while another process has it.</summary>
    /// <param name="connection">The connection; it is closed with the lock.</param>
    /// <param name="take">The statement that takes it, and says whether it did.</param>
    /// <param name="release">The statement that gives it back.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<SessionLock?> TryAsync(DbConnection connection, string take, string release, CancellationToken cancellation)
    {
        if (await AskAsync(connection, take, cancellation) is true)
            return new SessionLock(connection, release);
        await connection.DisposeAsync();
        return null;
    }

    public override async Task<bool> IsHeldAsync(CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(connection, "select true", cancellation) is true;
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            return false; // the connection broke, and the lock with it
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await AskAsync(connection, release, CancellationToken.None);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // the connection broke, and the lock with it
        }
        await connection.DisposeAsync();
    }

    static async Task<object?> AskAsync(DbConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellation);
    }
}
