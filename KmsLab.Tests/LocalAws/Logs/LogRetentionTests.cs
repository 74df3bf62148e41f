using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws.Logs;

public sealed class LogRetentionTests
{
    [Fact]
    public async Task Expired_events_are_no_longer_shown_and_then_removed()
    {
        var time = new FakeTimeProvider(LogsCaller.Now);
        await using var host = await LocalAwsHost.StartAsync(time: time);
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");
        await logs.CallAsync("PutRetentionPolicy", new() { ["logGroupName"] = "g", ["retentionInDays"] = 1 });
        await logs.PutAsync("g", "s", [.. Enumerable.Range(0, 5000).Select(i => (LogsCaller.At(TimeSpan.FromSeconds(i - 5000)), $"{i}"))]);
        await logs.PutAsync("g", "s", (LogsCaller.At(TimeSpan.FromHours(1)), "late"));

        time.Advance(TimeSpan.FromHours(24));
        LogsCaller.Messages(await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g" })).ShouldBe(["late"]);
        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "g", ["logStreamName"] = "s" })).ShouldBe(["late"]);

        await SweepAsync(host);
        Count(host).ShouldBe(1);
        (await logs.CallAsync("DescribeLogGroups", []))["logGroups"]!.AsArray().Single(group => group!["logGroupName"]!.GetValue<string>() == "g")!["storedBytes"]!.GetValue<long>().ShouldBe(4 + 26);
        var stream = (await logs.CallAsync("DescribeLogStreams", new() { ["logGroupName"] = "g" }))["logStreams"]![0]!;
        stream["firstEventTimestamp"]!.GetValue<long>().ShouldBe(LogsCaller.At(TimeSpan.FromHours(1)));

        // Taken off before the next event expires: nothing more goes.
        await logs.CallAsync("DeleteRetentionPolicy", new() { ["logGroupName"] = "g" });
        time.Advance(TimeSpan.FromDays(30));
        await SweepAsync(host);
        LogsCaller.Messages(await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g" })).ShouldBe(["late"]);
    }

    [Fact]
    public async Task What_deleted_groups_and_streams_left_behind_is_removed()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        foreach (var group in (string[])["gone", "kept"])
        {
            await logs.CreateAsync(group, "s", "t");
            await logs.PutAsync(group, "s", [.. Enumerable.Repeat((LogsCaller.At(default), "x"), 2000)]);
            await logs.PutAsync(group, "t", (LogsCaller.At(default), "y"));
        }

        await logs.CallAsync("DeleteLogGroup", new() { ["logGroupName"] = "gone" });
        await logs.CallAsync("DeleteLogStream", new() { ["logGroupName"] = "kept", ["logStreamName"] = "s" });
        LogsCaller.Messages(await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "kept" })).ShouldBe(["y"]);

        await SweepAsync(host);
        Count(host).ShouldBe(1);
    }

    [Fact]
    public async Task Record_of_the_trail_is_an_event_that_is_stored_once()
    {
        await using var host = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")], new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CallAsync("CreateLogGroup", new() { ["logGroupName"] = "records" });
        var (state, store) = (host.Services.GetRequiredService<StateStore>(), host.Services.GetRequiredService<LogStore>());
        var scope = new RegionScope(LocalAwsHost.Account, LocalAwsHost.Region);
        var (seq, record) = state.Read(connection => connection.Query("SELECT seq, record FROM trail_events ORDER BY seq DESC LIMIT 1", row => (row.GetInt64(0), row.Blob(1)))).Single();

        (await state.WriteAsync(session => store.AppendRecord(session, scope, "records", "trail", LogsCaller.At(default), LogsCaller.At(default), seq, record))).ShouldBeTrue();
        (await state.WriteAsync(session => store.AppendRecord(session, scope, "none", "trail", 0, 0, seq, record))).ShouldBeFalse();

        var found = await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "records", ["filterPattern"] = "{ $.eventName = \"CreateLogGroup\" }" });
        LogsCaller.Messages(found).ShouldBe([System.Text.Encoding.UTF8.GetString(record)]);
        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "records", ["logStreamName"] = "trail" })).Count.ShouldBe(1);

        // A deleted stream is made anew by the next record.
        await logs.CallAsync("DeleteLogStream", new() { ["logGroupName"] = "records", ["logStreamName"] = "trail" });
        (await state.WriteAsync(session => store.AppendRecord(session, scope, "records", "trail", LogsCaller.At(default), LogsCaller.At(default), seq, record))).ShouldBeTrue();
        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "records", ["logStreamName"] = "trail" })).Count.ShouldBe(1);
        await SweepAsync(host);
        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "records", ["logStreamName"] = "trail" })).Count.ShouldBe(1);
    }

    private static Task SweepAsync(LocalAwsHost host) => host.Services.GetRequiredService<LogRetention>().SweepAsync(TestContext.Current.CancellationToken);

    /// <summary>Events in the file, but for those of the trail's own group.</summary>
    private static long Count(LocalAwsHost host) => host.Services.GetRequiredService<StateStore>()
        .Read(connection => connection.Query("SELECT count(*) FROM log_events WHERE trail_seq IS NULL", row => row.GetInt64(0)).Single());
}
