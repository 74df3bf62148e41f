namespace KmsLab.LocalAws.Faults;

/// <summary>An allowance that fills at a steady rate up to what a second brings (at least one), and that a large answer may overdraw.</summary>
internal sealed class TokenBucket(double perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly double _most = Math.Max(perSecond, 1);
    private double _left = Math.Max(perSecond, 1);
    private long _filled = time.GetTimestamp();

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            Fill();
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }

    /// <summary>True while anything is left.</summary>
    public bool HasAny()
    {
        lock (_lock)
        {
            Fill();
            return _left > 0;
        }
    }

    /// <summary>Takes so many, be it on credit.</summary>
    public void Spend(double amount)
    {
        lock (_lock)
        {
            _left -= amount;
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(_most, _left + (time.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
        _filled = now;
    }
}
