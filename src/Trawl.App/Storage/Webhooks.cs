using System.Security.Cryptography;
using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>Somebody who is told by HTTP.</summary>
sealed record Webhook
{
    /// <summary>Where.</summary>
    public string Address { get; init; } = "";

    /// <summary>Why it is no longer told; null while it is.</summary>
    public string? Disabled { get; init; }

    /// <summary>What still has to be told.</summary>
    public int Due { get; init; }

    /// <summary>What was given up.</summary>
    public int Failed { get; init; }
}

/// <summary>An event somebody is to be told now.</summary>
sealed record Delivery
{
    public string EventId { get; init; } = "";
    public string Address { get; init; } = "";
    public string Topic { get; init; } = "";
    public string Body { get; init; } = "";
    public double CreatedAt { get; init; }
    public int Attempts { get; init; }
    public string Secret { get; init; } = "";
    public string? OldSecret { get; init; }
}

/// <summary>Who is told by HTTP, and what each has still to be told. Every event becomes a delivery for each of them in the transaction that makes it true.</summary>
/// <param name="database">The database.</param>
/// <param name="box">Protects the secrets in it; null where many machines share it and it guards itself.</param>
sealed class Webhooks(Database database, SecretBox? box)
{
    /// <summary>A delivery nobody has said a word of for so long is begun by somebody else.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Tells somebody from now on. The answer is the secret to check signatures with; it is shown this once.</summary>
    /// <returns>Null when the address is known already.</returns>
    public async Task<string?> AddAsync(Uri address, CancellationToken cancellation)
    {
        var secret = NewSecret();
        var added = await ChangeAsync(
            "insert into trawl_webhooks (address, secret, created_at) values (@address, @secret, {now}) on conflict do nothing",
            new { address = address.AbsoluteUri, secret = Kept(secret) },
            cancellation
        );
        return added == 1 ? secret : null;
    }

    /// <summary>Gives somebody a new secret. Signatures of the old one are sent beside the new one's until the next change.</summary>
    /// <returns>Null when there is no such address.</returns>
    public async Task<string?> RotateAsync(Uri address, CancellationToken cancellation)
    {
        var secret = NewSecret();
        var changed = await ChangeAsync(
            "update trawl_webhooks set old_secret = secret, secret = @secret where address = @address",
            new { address = address.AbsoluteUri, secret = Kept(secret) },
            cancellation
        );
        return changed == 1 ? secret : null;
    }

    /// <summary>Tells somebody no longer, and forgets what he was still owed.</summary>
    public async Task<bool> RemoveAsync(Uri address, CancellationToken cancellation) =>
        await ChangeAsync("delete from trawl_webhooks where address = @address", new { address = address.AbsoluteUri }, cancellation) == 1;

    /// <summary>Tells somebody again who had said that he is gone, and all that was given up.</summary>
    public Task<bool> EnableAsync(Uri address, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                var values = new { address = address.AbsoluteUri };
                await statements.ExecuteAsync(
                    "update trawl_deliveries set state = 'due', attempts = 0, not_before = 0 where address = @address and state = 'failed'",
                    values
                );
                return await statements.ExecuteAsync("update trawl_webhooks set disabled = null where address = @address", values) == 1;
            },
            cancellation
        );

    /// <summary>All of them.</summary>
    public Task<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
                statements.QueryAsync<Webhook>(
                    """
                    select w.address as Address, w.disabled as Disabled,
                        (select count(*) from trawl_deliveries d where d.address = w.address and d.state = 'due') as Due,
                        (select count(*) from trawl_deliveries d where d.address = w.address and d.state = 'failed') as Failed
                    from trawl_webhooks w
                    order by w.created_at
                    """
                ),
            cancellation
        );

    /// <summary>Owes an event to all of them, in the transaction that makes it true.</summary>
    public static Task OweAsync(Statements statements, string eventId) =>
        statements.ExecuteAsync(
            "insert into trawl_deliveries (event_id, address, state) select @eventId, address, 'due' from trawl_webhooks where disabled is null",
            new { eventId }
        );

    /// <summary>Takes the next delivery that is due; null when there is none. Whoever takes it says within <see cref="Lease"/> what became of it.</summary>
    public Task<Delivery?> TakeAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                var taken = await statements.FirstAsync<Delivery>(
                    """
                    update trawl_deliveries
                    set attempts = attempts + 1, not_before = {now} + @lease
                    where (event_id, address) in (
                        select c.event_id, c.address
                        from trawl_deliveries c
                        where c.state = 'due' and c.not_before <= {now}
                            and exists (select 1 from trawl_webhooks w where w.address = c.address and w.disabled is null)
                        order by c.not_before, c.event_id
                        limit 1
                        {claimed}
                    )
                    returning event_id as EventId, address as Address, attempts as Attempts
                    """,
                    new { lease = Lease.TotalSeconds }
                );
                return taken is null
                    ? null
                    : await statements.FirstAsync<Delivery>(
                        """
                        select o.event_id as EventId, w.address as Address, o.topic as Topic, o.body as Body, o.created_at as CreatedAt,
                            cast(@Attempts as integer) as Attempts, w.secret as Secret, w.old_secret as OldSecret
                        from trawl_outbox o, trawl_webhooks w
                        where o.event_id = @EventId and w.address = @Address
                        """,
                        taken
                    );
            },
            cancellation
        );

    /// <summary>Notes what became of a delivery: it arrived, it is tried again after a while, or it is given up.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="status">The status of the answer; null without one.</param>
    /// <param name="error">Why it did not arrive; null when it did.</param>
    /// <param name="again">After which time it is tried again; null for never.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task NoteAsync(Delivery delivery, int? status, string? error, TimeSpan? again, CancellationToken cancellation) =>
        ChangeAsync(
            """
            update trawl_deliveries
            set state = @state, not_before = {now} + @wait, status = @status, error = @error
            where event_id = @EventId and address = @Address and attempts = @Attempts
            """,
            new
            {
                state = error is null ? "done"
                : again is null ? "failed"
                : "due",
                wait = again?.TotalSeconds ?? 0,
                status,
                error,
                delivery.EventId,
                delivery.Address,
                delivery.Attempts,
            },
            cancellation
        );

    /// <summary>Notes that somebody wants to be told no more.</summary>
    public Task DisableAsync(string address, string why, CancellationToken cancellation) =>
        ChangeAsync("update trawl_webhooks set disabled = @why where address = @address", new { address, why }, cancellation);

    Task<int> ChangeAsync(string sql, object values, CancellationToken cancellation) =>
        database.InTransactionAsync(statements => statements.ExecuteAsync(sql, values), cancellation);

    string Kept(string secret) => box?.Close(secret) ?? secret;

    /// <summary>A delivery with secrets that can be signed with.</summary>
    /// <exception cref="TrawlException">They were protected elsewhere.</exception>
    public Delivery Open(Delivery kept) =>
        kept with
        {
            Secret = (box is null ? kept.Secret : box.Open(kept.Secret)) ?? throw Unreadable(kept.Address),
            OldSecret = kept.OldSecret is null || box is null ? kept.OldSecret : box.Open(kept.OldSecret),
        };

    static TrawlException Unreadable(string address) =>
        new(
            FailureKind.Configuration,
            $"The secret of {new Uri(address).Masked()} cannot be read here: it was protected by another user or machine. Give it a new one by `trawl webhooks rotate`."
        );

    // as Standard Webhooks writes them
    static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
