using KmsLab.Sentinel.Sources;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel;

public sealed class CallPacerTests
{
    [Fact]
    public async Task Pacer_lets_the_quota_through_and_holds_the_next_call_until_a_second_after_the_first()
    {
        var time = new FakeTimeProvider();
        using var pacer = new CallPacer(2, time);
        await pacer.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(600));
        await pacer.WaitAsync(TestContext.Current.CancellationToken);

        var third = pacer.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(399));
        third.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        await third;

        var fourth = pacer.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(599));
        fourth.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        await fourth;
    }
}
