namespace KmsLab.Sentinel.Dashboard;

/// <summary>Whether a viewer's page renews itself. Who reads slowly, or hears it read, may stop it (WCAG 2.2, 2.2.2).</summary>
public sealed class Liveness
{
    /// <summary>Whether it stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>It was paused, or goes on.</summary>
    public event Action? Changed;

    /// <summary>Pauses, or goes on.</summary>
    public void Toggle()
    {
        IsPaused = !IsPaused;
        Changed?.Invoke();
    }
}
