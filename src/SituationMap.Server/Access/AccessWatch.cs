using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

/// <summary>Tells when a caller has lost a right, or has it in another scope than at first.</summary>
internal sealed class AccessWatch(AccessDirectory directory, Caller caller, Right right) : IDisposable
{
    private readonly Lock _turn = new();
    private readonly CancellationTokenSource _lost = new();
    private bool _isOver;

    /// <summary>Cancelled then.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Looks now: what runs out by itself changes nothing that would be told.</summary>
    public void Check()
    {
        if (directory.Now(caller)?.ScopeOf(right) is { } scope && scope.Equals(caller.ScopeOf(right)))
            return;
        lock (_turn)
        {
            if (!_isOver)
                _lost.Cancel();
        }
    }

    public void Dispose()
    {
        directory.Forget(this);
        lock (_turn)
        {
            _isOver = true;
            _lost.Dispose();
        }
    }
}
