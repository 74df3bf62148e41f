using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace KmsLab.Sentinel.Leadership;

/// <summary>
/// A process as the lease names it: <c>machine/process id/start/random</c>. The last part tells two hosts in one process apart; the others let a
/// process on the same machine see that it has died.
/// </summary>
internal sealed record LeaseHolder(string Machine, int ProcessId, long StartedAt, string Nonce)
{
    /// <summary>The system computes a process's start anew each time somebody asks, so two answers differ a little.</summary>
    private const long StartTolerance = 2;

    /// <summary>A holder of its own in this process.</summary>
    public static LeaseHolder New() => new(Environment.MachineName.Replace('/', '-'), Environment.ProcessId, StartOf(Process.GetCurrentProcess()), Guid.NewGuid().ToString("N")[..8]);

    /// <summary>Reads a holder back; null if it is none of ours.</summary>
    public static LeaseHolder? Parse(string text) =>
        text.Split('/') is [var machine, var id, var started, var nonce]
        && int.TryParse(id, CultureInfo.InvariantCulture, out var processId) && long.TryParse(started, CultureInfo.InvariantCulture, out var startedAt)
            ? new(machine, processId, startedAt, nonce)
            : null;

    /// <summary>Whether it ran on this machine, and runs no more. False says nothing.</summary>
    public bool IsDeadHere()
    {
        if (Machine != Environment.MachineName.Replace('/', '-'))
            return false;

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return Math.Abs(StartOf(process) - StartedAt) > StartTolerance;
        }
        catch (ArgumentException)
        {
            return true; // There is no such process.
        }
        catch (Exception unknown) when (unknown is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            return false; // It may not be looked at, or has just ended: the lease will run out.
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Machine}/{ProcessId}/{StartedAt}/{Nonce}");

    private static long StartOf(Process process) => new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds();
}
