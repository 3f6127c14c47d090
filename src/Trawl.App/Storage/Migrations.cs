using System.Reflection;

namespace Trawl.App.Storage;

/// <summary>Brings a database's tables up to date: the numbered files in <c>Schema</c>, each once, in one transaction with its mark.</summary>
static class Migrations
{
    const string Prefix = "schema.";

    /// <summary>Applies what is missing; says how many were.</summary>
    public static async Task<int> ApplyAsync(Database database, CancellationToken cancellation)
    {
        var applied = 0;
        foreach (var (version, sql) in All())
            applied += await database.InTransactionAsync(
                async statements =>
                {
                    await statements.ExecuteAsync(statements.Dialect.LockSchema);
                    await statements.ExecuteAsync("create table if not exists trawl_schema (version integer primary key)");
                    if (
                        await statements.FirstAsync<int?>("select version from trawl_schema where version = @version", new { version })
                        is not null
                    )
                        return 0;
                    await statements.ExecuteAsync(sql);
                    await statements.ExecuteAsync("insert into trawl_schema (version) values (@version)", new { version });
                    return 1;
                },
                cancellation
            );
        return applied;
    }

    /// <summary>The last one that was applied.</summary>
    public static Task<int> VersionAsync(Database database, CancellationToken cancellation) =>
        database.InTransactionAsync(statements => statements.FirstAsync<int>("select max(version) from trawl_schema"), cancellation);

    // schema.0001_catalog.sql
    static IEnumerable<(int Version, string Sql)> All()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (int.Parse(name.AsSpan(Prefix.Length, 4)), reader.ReadToEnd());
        }
    }
}
