using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Subscriptions;

/// <summary>
/// Sends what subscriptions are to be told: at least once, of one household in its order, tried again with growing pauses, given up after a
/// day. What its author may have sent is asked before every send. Of several processes one has a subscription at a time, by a lease that it
/// renews before every send: no connection waits for a receiver, and whoever dies leaves it to the next.
/// </summary>
internal sealed class WebhookSender(
    NpgsqlDataSource database,
    EventMaker events,
    WebhookSignature signature,
    AccessDirectory directory,
    LocalMode local,
    SituationMapOptions options,
    TimeProvider clock,
    Supervisor supervisor
) : BackgroundService
{
    private const string Service = "sending to subscriptions";
    private const int AtATime = 16;

    /// <summary>As many subscriptions ask the store at once, however many there are: it has other work to do.</summary>
    private const int StoreAtATime = 4;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookForOverdue = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepDelivered = TimeSpan.FromDays(7);

    /// <summary>Longer than it takes to send once and to record it; and so long does a subscription wait when its sender has
    /// died.</summary>
    private static readonly TimeSpan LeasedFor = 3 * WebhookClient.MayTake;

    private readonly HttpClient _client = WebhookClient.Create(options.Webhooks);
    private readonly Dictionary<Guid, Task> _working = [];
    private readonly SetAside<Guid> _setAside = new(clock);
    private readonly SemaphoreSlim _turns = new(StoreAtATime);
    private DateTimeOffset _overdueDue;

    public override void Dispose()
    {
        _client.Dispose();
        _turns.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var wakeup = new Wakeup(database, Channels.Feed, clock, supervisor);
        await supervisor.KeepAsync(Service, BeginAsync, stopping => wakeup.WaitAsync(Look, stopping), stoppingToken);
        await Task.WhenAll(_working.Values);
    }

    /// <summary>Begins to work on every subscription that is not being worked on, nor set aside.</summary>
    private async Task BeginAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var looksForOverdue = now >= _overdueDue;
        if (looksForOverdue)
        {
            _overdueDue = now + LookForOverdue;
            await ForgetAsync(now, cancellation);
        }
        foreach (var subscription in await SubscriptionsAsync(cancellation))
        {
            // a receiver that is slow holds up nobody but itself
            var isNew = !_working.TryGetValue(subscription.Id, out var working);
            if ((isNew || working!.IsCompleted) && !_setAside.IsWaitingFor(subscription.Id))
                _working[subscription.Id] = WorkAsync(subscription, looksForOverdue || isNew, cancellation);
        }
    }

    private async Task WorkAsync(Receiver receiver, bool looksForOverdue, CancellationToken cancellation)
    {
        try
        {
            if (await InTurnAsync(() => LeaseAsync(receiver.Id, held: null, cancellation), cancellation) is not { } lease)
                return;
            try
            {
                await InTurnAsync(() => MakeEventsAsync(receiver, looksForOverdue, cancellation), cancellation);
                while (
                    await InTurnAsync(() => NextAsync(receiver, cancellation), cancellation) is { Length: > 0 } due
                    && await InTurnAsync(() => LeaseAsync(receiver.Id, lease, cancellation), cancellation) is { } renewed
                )
                {
                    lease = renewed;
                    var outcomes = await Task.WhenAll(due.Select(delivery => SendAsync(receiver, delivery, cancellation)));
                    await InTurnAsync(() => RecordAsync(outcomes, cancellation), cancellation);
                    if (outcomes.All(outcome => outcome.State == "waiting"))
                        break;
                }
            }
            finally
            {
                await InTurnAsync(() => ReleaseAsync(receiver.Id, lease), CancellationToken.None);
            }
            _setAside.Remove(receiver.Id);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // what was under way is sent again
        }
        catch (Exception failure) when (StoreFailure.IsPassing(failure))
        {
            // looking for subscriptions fails as well, and tells
        }
        catch (Exception failure)
        {
            _setAside.Add(receiver.Id);
            supervisor.ItemFailed(Service, $"the subscription {receiver.Id}", failure);
        }
    }

    private async Task MakeEventsAsync(Receiver receiver, bool looksForOverdue, CancellationToken cancellation)
    {
        while (await events.FollowAsync(receiver.Id, ScopeOf(receiver), cancellation))
        {
            // until the end of the feed
        }
        if (looksForOverdue && receiver.Kinds.Contains("overdue"))
            await events.LookForOverdueAsync(receiver.Id, ScopeOf(receiver), cancellation);
    }

    private async Task InTurnAsync(Func<Task> work, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            await work();
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        var result = default(T);
        await InTurnAsync(
            async () =>
            {
                result = await work();
            },
            cancellation
        );
        return result!;
    }

    /// <summary>Where the author of a subscription, or the key it was made with, may have changes sent now, after all that was granted and
    /// revoked; null: nowhere.</summary>
    private Scope? ScopeOf(Receiver receiver) =>
        (
            receiver.Key is { } key
                ? directory.FindByHash(key)
                : directory.FindByName(receiver.Author) ?? (local.IsOn && receiver.Author == Caller.Local.Name ? Caller.Local : null)
        )?.ScopeOf(Right.Subscribe);

    /// <summary>The first of each lane, where its time has come.</summary>
    private async Task<Delivery[]> NextAsync(Receiver receiver, CancellationToken cancellation)
    {
        await events.WithdrawAsync(receiver.Id, ScopeOf(receiver), cancellation);
        await using var next = database.CreateCommand(
            """
            SELECT id, event, body::text, attempts, made_at FROM (
              SELECT DISTINCT ON (lane) id, event, body, attempts, made_at, next_at FROM delivery WHERE subscription = $1 AND state = 'waiting' ORDER BY lane, id
            ) heads WHERE next_at <= $2 ORDER BY id LIMIT $3
            """
        );
        next.Parameters.Add(new() { Value = receiver.Id });
        next.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });
        next.Parameters.Add(new() { Value = AtATime });
        await using var reader = await next.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new Delivery(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetInt32(3),
                new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero)
            ),
            cancellation
        );
    }

    private async Task<Outcome> SendAsync(Receiver receiver, Delivery delivery, CancellationToken cancellation)
    {
        int? answer = null;
        string? fault;
        try
        {
            var body = Encoding.UTF8.GetBytes(delivery.Body);
            using var request = new HttpRequestMessage(HttpMethod.Post, receiver.Url)
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            };
            signature.Sign(request, receiver.Id, receiver.KeyGeneration, delivery.Event, clock.GetUtcNow(), body);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answer = (int)response.StatusCode;
            if (response.IsSuccessStatusCode)
                return new Outcome(delivery.Id, "delivered", clock.GetUtcNow(), answer, null);
            fault = "status";
        }
        catch (HttpRequestException failure)
        {
            fault = failure.InnerException is ForbiddenAddressException ? "forbidden-address" : "unreachable";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            fault = "timeout";
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // the next of them may well go out
            supervisor.ItemFailed(Service, $"the delivery {delivery.Id} of the subscription {receiver.Id}", failure);
            fault = "failed";
        }
        var now = clock.GetUtcNow();
        // what a receiver says it will never take is not sent again
        var isDead =
            now - delivery.MadeAt > GiveUpAfter
            || answer
                is (int)HttpStatusCode.BadRequest
                    or (int)HttpStatusCode.Gone
                    or (int)HttpStatusCode.RequestEntityTooLarge
                    or (int)HttpStatusCode.UnprocessableEntity;
        return new Outcome(delivery.Id, isDead ? "dead" : "waiting", isDead ? now : now + Pause(delivery.Attempts), answer, fault);
    }

    /// <summary>One second, two, four, … five minutes, each give or take a quarter, so that many do not come back at once.</summary>
    private static TimeSpan Pause(int attempts) =>
        Backoff.After(attempts + 1, Look, LongestPause) * (0.75 + (Random.Shared.NextDouble() / 2));

    private async Task RecordAsync(Outcome[] outcomes, CancellationToken cancellation)
    {
        await using var record = database.CreateCommand(
            """
            UPDATE delivery d SET state = o.state, attempts = d.attempts + 1, answer = o.answer, fault = o.fault,
                   next_at = CASE WHEN o.state = 'waiting' THEN o.at ELSE d.next_at END, ended_at = CASE WHEN o.state <> 'waiting' THEN o.at END
            FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::int[], $5::text[]) AS o (id, state, at, answer, fault)
            -- whoever took over, because this took longer than the lease, may have delivered it
            WHERE d.id = o.id AND d.state = 'waiting'
            """
        );
        record.Parameters.Add(new() { Value = outcomes.Select(outcome => outcome.Id).ToArray() });
        record.Parameters.Add(new() { Value = outcomes.Select(outcome => outcome.State).ToArray() });
        record.Parameters.Add(new() { Value = outcomes.Select(outcome => outcome.At.UtcDateTime).ToArray() });
        record.Parameters.Add(
            new() { Value = outcomes.Select(outcome => outcome.Answer).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }
        );
        record.Parameters.Add(
            new() { Value = outcomes.Select(outcome => outcome.Fault).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
        );
        await record.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<Receiver[]> SubscriptionsAsync(CancellationToken cancellation)
    {
        await using var all = database.CreateCommand(
            "SELECT s.id, s.url, s.kinds, s.author, k.hash, s.key_generation FROM subscription s LEFT JOIN credential k ON k.id = s.key"
        );
        await using var reader = await all.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new Receiver(
                row.GetGuid(0),
                row.GetString(1),
                row.GetFieldValue<string[]>(2),
                row.GetString(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                row.GetInt32(5)
            ),
            cancellation
        );
    }

    private async Task ForgetAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var forget = database.CreateCommand("DELETE FROM delivery WHERE state = 'delivered' AND ended_at < $1");
        forget.Parameters.Add(new() { Value = (now - KeepDelivered).UtcDateTime });
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes a subscription, or renews the lease on it, unless another process has it.</summary>
    /// <param name="held">The lease to renew; null: none.</param>
    /// <returns>Until when it is this process's own, which is also what it is known by; null: it is another's.</returns>
    private async Task<DateTime?> LeaseAsync(Guid subscription, DateTime? held, CancellationToken cancellation)
    {
        // by the store's clock alone: those of two processes may differ
        await using var take = database.CreateCommand(
            """
            UPDATE subscription SET leased_until = clock_timestamp() + $3 WHERE id = (
              SELECT id FROM subscription WHERE id = $1 AND (leased_until IS NULL OR leased_until < clock_timestamp() OR leased_until = $2) FOR UPDATE SKIP LOCKED
            ) RETURNING leased_until
            """
        );
        take.Parameters.Add(new() { Value = subscription });
        take.Parameters.Add(new() { Value = held ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        take.Parameters.Add(new() { Value = LeasedFor });
        return (DateTime?)await take.ExecuteScalarAsync(cancellation);
    }

    private async Task ReleaseAsync(Guid subscription, DateTime lease)
    {
        await using var release = database.CreateCommand("UPDATE subscription SET leased_until = NULL WHERE id = $1 AND leased_until = $2");
        release.Parameters.Add(new() { Value = subscription });
        release.Parameters.Add(new() { Value = lease });
        await release.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <param name="Key">The hash of the API key it was made with; null: it was made otherwise.</param>
    /// <param name="KeyGeneration">Of the deployment's key, with which what is sent is signed.</param>
    private sealed record Receiver(Guid Id, string Url, string[] Kinds, string Author, byte[]? Key, int KeyGeneration);

    private sealed record Delivery(long Id, string Event, string Body, int Attempts, DateTimeOffset MadeAt);

    /// <param name="At">When it ended, or is tried again.</param>
    private sealed record Outcome(long Id, string State, DateTimeOffset At, int? Answer, string? Fault);
}
