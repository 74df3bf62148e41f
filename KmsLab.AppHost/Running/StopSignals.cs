using System.Runtime.InteropServices;

namespace KmsLab.AppHost.Running;

/// <summary>Ctrl-C and SIGTERM: the first asks for an orderly end, a second one ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // What still runs is ended by Aspire's orchestrator, which watches this process.
        context.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
