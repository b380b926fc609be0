using SituationMap.Store.Subscriptions;

namespace SituationMap.Server.Jobs;

/// <summary>Forgets what was delivered to subscriptions a while ago.</summary>
internal sealed class DeliveriesJob(DeliveryQueue queue, TimeProvider clock) : IOperatorJob
{
    private static readonly TimeSpan KeepDelivered = TimeSpan.FromDays(7);

    public string Name => "deliveries";

    public string Description => "Forgets what was delivered to subscriptions more than a week ago";

    public string Activity => "forgetting what was delivered to subscriptions";

    public JobSchedule Schedule { get; } = new("20 * * * *", JobSchedule.Short);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation) =>
        new(IsGood: true, $"{await queue.ForgetAsync(clock.GetUtcNow() - KeepDelivered, cancellation)} deliveries were forgotten");
}
