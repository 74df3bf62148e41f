using Amazon.SecurityToken.Model;
using KmsLab.LocalAws.Trail;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class TrailRetentionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_loses_records_after_90_days_and_not_before()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")], time);
        using var sts = aws.Sts();
        await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancellation);
        var retention = aws.Services.GetServices<IHostedService>().OfType<TrailRetention>().Single();

        time.Advance(TimeSpan.FromDays(90));
        var atTheLimit = await retention.SweepAsync(Cancellation);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var past = await retention.SweepAsync(Cancellation);

        (atTheLimit, past).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Record_that_a_log_event_shows_stays()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using var aws = await LocalAwsHost.StartAsync(time: time);
        using var sts = aws.Sts();
        await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancellation);
        var retention = aws.Services.GetServices<IHostedService>().OfType<TrailRetention>().Single();

        time.Advance(TimeSpan.FromDays(100));

        (await retention.SweepAsync(Cancellation)).ShouldBe(0);
    }
}
