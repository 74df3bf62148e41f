using KmsLab.Simulator.Live;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Simulator;

public sealed class ProgressThrottleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly ProgressThrottle _throttle;

    public ProgressThrottleTests() => _throttle = new(Interval, _time);

    [Fact]
    public void Report_of_the_same_phase_passes_when_the_interval_is_over()
    {
        Passes("running").ShouldBeTrue();
        Passes("running").ShouldBeFalse();

        _time.Advance(Interval - TimeSpan.FromTicks(1));
        Passes("running").ShouldBeFalse();
        _time.Advance(TimeSpan.FromTicks(1));
        Passes("running").ShouldBeTrue();
        Passes("running").ShouldBeFalse();
    }

    [Fact]
    public void Report_of_another_phase_passes_at_once()
    {
        Passes("running").ShouldBeTrue();
        Passes("putting right").ShouldBeTrue();
        Passes("putting right").ShouldBeFalse();
    }

    [Fact]
    public void Report_with_a_note_passes_at_once_and_begins_the_interval_anew()
    {
        Passes("running").ShouldBeTrue();
        _time.Advance(Interval / 2);
        Passes("running", "A call failed.").ShouldBeTrue();

        _time.Advance(Interval / 2);
        Passes("running").ShouldBeFalse();
    }

    private bool Passes(string phase, string? note = null) => _throttle.Passes(new("burst-exfiltration", phase, 1, 60, note));
}
