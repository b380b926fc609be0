using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;
using SituationMap.Store.Subscriptions;
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
    DeliveryQueue queue,
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
        // what is not sent waits in the feed, while facts are taken and shown as ever
        await supervisor.KeepAsync(Service, BeginAsync, stopping => wakeup.WaitAsync(Look, stopping), stoppingToken, isNeeded: false);
        await Task.WhenAll(_working.Values);
    }

    /// <summary>Begins to work on every subscription that is not being worked on, nor set aside.</summary>
    private async Task BeginAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var looksForOverdue = now >= _overdueDue;
        if (looksForOverdue)
            _overdueDue = now + LookForOverdue;
        foreach (var subscription in await queue.ReceiversAsync(cancellation))
        {
            // a receiver that is slow holds up nobody but itself
            var isNew = !_working.TryGetValue(subscription.Id, out var working);
            if ((isNew || working!.IsCompleted) && !_setAside.IsWaitingFor(subscription.Id))
                _working[subscription.Id] = WorkAsync(subscription, looksForOverdue || isNew, cancellation);
        }
    }

    private async Task WorkAsync(WebhookReceiver receiver, bool looksForOverdue, CancellationToken cancellation)
    {
        try
        {
            if (await InTurnAsync(() => queue.LeaseAsync(receiver.Id, held: null, LeasedFor, cancellation), cancellation) is not { } lease)
                return;
            try
            {
                if (looksForOverdue && receiver.Kinds.Contains("overdue"))
                    await InTurnAsync(() => events.LookForOverdueAsync(receiver.Id, ScopeOf(receiver), cancellation), cancellation);
                bool isMore;
                do
                {
                    isMore = await InTurnAsync(() => events.FollowAsync(receiver.Id, ScopeOf(receiver), cancellation), cancellation);
                    (lease, var isTaking) = await SendDueAsync(receiver, lease, cancellation);
                    isMore &= isTaking;
                } while (isMore);
            }
            finally
            {
                await InTurnAsync(() => queue.ReleaseAsync(receiver.Id, lease), CancellationToken.None);
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

    /// <summary>Sends what is due, until nothing is, or the receiver takes nothing, or another process has its subscription.</summary>
    private async Task<(DateTime Lease, bool IsTaking)> SendDueAsync(
        WebhookReceiver receiver,
        DateTime lease,
        CancellationToken cancellation
    )
    {
        while (await InTurnAsync(() => NextAsync(receiver, cancellation), cancellation) is { Length: > 0 } due)
        {
            if (await InTurnAsync(() => queue.LeaseAsync(receiver.Id, lease, LeasedFor, cancellation), cancellation) is not { } renewed)
                return (lease, IsTaking: false);
            lease = renewed;
            var outcomes = await Task.WhenAll(due.Select(delivery => SendAsync(receiver, delivery, cancellation)));
            await InTurnAsync(() => queue.RecordAsync(outcomes, cancellation), cancellation);
            if (outcomes.All(outcome => outcome.State == "waiting"))
                return (lease, IsTaking: false);
        }
        return (lease, IsTaking: true);
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
    private Scope? ScopeOf(WebhookReceiver receiver) =>
        (
            receiver.Key is { } key
                ? directory.FindByHash(key)
                : directory.FindByName(receiver.Author) ?? (local.IsOn && receiver.Author == Caller.Local.Name ? Caller.Local : null)
        )?.ScopeOf(Right.Subscribe);

    /// <summary>What is to be sent now, after what its author may not have sent any more has been withdrawn.</summary>
    private async Task<Delivery[]> NextAsync(WebhookReceiver receiver, CancellationToken cancellation)
    {
        await events.WithdrawAsync(receiver.Id, ScopeOf(receiver), cancellation);
        return await queue.NextAsync(receiver.Id, AtATime, cancellation);
    }

    private async Task<Outcome> SendAsync(WebhookReceiver receiver, Delivery delivery, CancellationToken cancellation)
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
}
