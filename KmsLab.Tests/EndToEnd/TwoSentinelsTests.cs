using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.EndToEnd;

/// <summary>Two real Sentinel processes on one database, killed, paused and stopped under traffic: one leads, and each call counts once.</summary>
public sealed class TwoSentinelsTests(PostgresCluster cluster)
{
    private const string Attacker = "arn:aws:iam::000000000000:user/AKIALABTEST000000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.PostgreSql)]
    [InlineData(DatabaseProvider.Sqlite)]
    public async Task Standby_takes_over_when_the_leader_is_killed_or_stops_and_every_call_counts_once(DatabaseProvider provider)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var traffic = await Traffic.StartAsync(aws);
        using var first = await SentinelProcessHandle.StartAsync(Settings(database, aws));
        var firstTerm = await first.WaitForRoleAsync("leader");
        using var second = await SentinelProcessHandle.StartAsync(Settings(database, aws));

        var standby = await second.JsonAsync("/api/status");
        standby["leadership"]!["role"]!.GetValue<string>().ShouldBe("standby");
        standby["leadership"]!["leader"]!.GetValue<string>().ShouldBe(firstTerm["self"]!.GetValue<string>());
        standby["sources"]![0]!["state"]!.GetValue<string>().ShouldBe("standby");
        standby["sources"]![0]!["lastAttempt"].ShouldBeNull("a standby reads nothing from AWS");
        await second.JsonAsync("/api/rates?operation=Decrypt", rates => Count(rates) > 0 && rates["asOf"] is not null);

        var killed = TimeProvider.System.GetTimestamp();
        first.Process.Kill();
        (await second.WaitForRoleAsync("leader"))["epoch"]!.GetValue<long>().ShouldBe(2);
        Report($"{provider}: leads {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s after the kill -9 of the leader");
        await CatchUpAsync(second, traffic);

        using var third = await SentinelProcessHandle.StartAsync(Settings(database, aws));
        await third.WaitForRoleAsync("standby");
        var stopped = TimeProvider.System.GetTimestamp();
        second.Process.Signal("TERM");
        (await third.WaitForRoleAsync("leader"))["epoch"]!.GetValue<long>().ShouldBe(3);
        Report($"{provider}: leads {TimeProvider.System.GetElapsedTime(stopped).TotalSeconds:0.0} s after the leader was told to stop");
        (await second.Process.WaitForExitAsync()).ShouldBe(0);

        await traffic.StopAsync();
        await EverythingCountsOnceAsync(third, traffic);
        Repeated(first, second, third).ShouldBeSubsetOf([.. first.Sent.TakeLast(1)], "only what the killed one had sent and not marked may have been sent again");
        first.Process.Output.ShouldContain("term 1");
        second.Process.Output.IndexOf("Standing by", StringComparison.Ordinal).ShouldBeLessThan(second.Process.Output.IndexOf("term 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leader_paused_past_its_lease_commits_and_sends_nothing_when_it_wakes_and_stands_by()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var traffic = await Traffic.StartAsync(aws);
        using var first = await SentinelProcessHandle.StartAsync(Settings(database, aws));
        await first.WaitForRoleAsync("leader");
        using var second = await SentinelProcessHandle.StartAsync(Settings(database, aws));

        var (paused, other) = (first, second);
        for (var round = 0; round < 2; round++)
        {
            await CatchUpAsync(paused, traffic);
            paused.Process.Signal("STOP");
            await other.WaitForRoleAsync("leader");
            await CatchUpAsync(other, traffic);
            var sentByNow = paused.Sent.Count;

            paused.Process.Signal("CONT");
            var leadership = await paused.WaitForRoleAsync("standby");

            leadership["leader"]!.GetValue<string>().ShouldBe((await other.WaitForRoleAsync("leader"))["self"]!.GetValue<string>());
            await CatchUpAsync(other, traffic);
            paused.Sent.Count.ShouldBe(sentByNow, "an overtaken leader sends nothing");
            await paused.Process.WaitForAsync("Another Sentinel has taken over");
            paused.Process.Output.Split("Another Sentinel has taken over").Length.ShouldBe(2, "it says so once each time");
            (paused, other) = (other, paused);
        }

        await traffic.StopAsync();
        await EverythingCountsOnceAsync(paused, traffic);
        Repeated(first, second).ShouldBeEmpty();
        (await paused.JsonAsync("/api/status"))["leadership"]!["epoch"]!.GetValue<long>().ShouldBe(3);
    }

    private static Dictionary<string, string> Settings(TestDatabase database, LocalAwsHost aws) => new()
    {
        ["Sentinel:Database"] = database.Provider.ToString(),
        ["Sentinel:LogGroups:0"] = "kmslab-trail",
        ["Sentinel:HeadInterval"] = "00:00:00.100",
        ["Sentinel:AllowedLateness"] = "00:00:01",
        ["Sentinel:Detections:kms-error-burst:Window"] = "00:00:00.500",
        ["Sentinel:Detections:kms-error-burst:SlowThreshold"] = "1000000",
        ["Sentinel:Lease:Ttl"] = "00:00:03",
        ["Sentinel:Lease:RenewEvery"] = "00:00:01",
        ["Sentinel:Lease:TryEvery"] = "00:00:00.250",
        ["ConnectionStrings:sentinel"] = database.ConnectionString,
        ["AWS:ServiceURL"] = aws.Url,
        ["AWS:Region"] = LocalAwsHost.Region,
        ["AWS:AccessKeyId"] = "AKIALABSENTINEL00000",
        ["AWS:SecretAccessKey"] = "secret",
    };

    /// <summary>Waits until <paramref name="sentinel"/> has counted all that had been called when this began.</summary>
    private static async Task CatchUpAsync(SentinelProcessHandle sentinel, Traffic traffic)
    {
        var calls = traffic.Calls;
        await sentinel.JsonAsync("/api/rates?operation=Decrypt", rates => Count(rates) >= calls);
    }

    private static async Task EverythingCountsOnceAsync(SentinelProcessHandle sentinel, Traffic traffic)
    {
        await sentinel.JsonAsync("/api/rates?operation=Decrypt", rates => Count(rates) >= traffic.Calls);
        await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().All(alarm => alarm!["state"]!.GetValue<string>() == "OK"));
        await sentinel.JsonAsync("/api/status", status => status["pendingNotifications"]!.GetValue<long>() == 0);

        Count(await sentinel.JsonAsync("/api/rates?operation=Decrypt")).ShouldBe(traffic.Calls);
        (await sentinel.JsonAsync("/api/alarms")).AsArray().ShouldContain(alarm => alarm!["group"]!["principal"]!.GetValue<string>() == Attacker);
    }

    private static IEnumerable<string> Repeated(params IEnumerable<SentinelProcessHandle> processes) =>
        processes.SelectMany(process => process.Sent).GroupBy(id => id).Where(sent => sent.Count() > 1).Select(sent => sent.Key);

    private static long Count(JsonNode rates) =>
        rates["series"]!.AsArray().SelectMany(series => series!["buckets"]!.AsArray()).Sum(bucket => bucket!["count"]!.GetValue<long>());

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Somebody who guesses keys, all the time: each call fails, and stands on the trail.</summary>
    private sealed class Traffic : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly AmazonKeyManagementServiceClient _kms;
        private readonly Task _running;
        private long _calls;

        private Traffic(AmazonKeyManagementServiceClient kms, byte[] ciphertext) => (_kms, _running) = (kms, Task.Run(() => RunAsync(kms, ciphertext)));

        /// <summary>Calls that were answered.</summary>
        public long Calls => Interlocked.Read(ref _calls);

        public static async Task<Traffic> StartAsync(LocalAwsHost aws)
        {
            var kms = aws.Kms();
            var key = await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);
            var encrypted = await kms.EncryptAsync(
                new EncryptRequest { KeyId = key.KeyMetadata.KeyId, Plaintext = new([1]), EncryptionContext = new() { ["a"] = "right" } }, Cancellation);
            return new(kms, encrypted.CiphertextBlob.ToArray());
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _running;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _kms.Dispose();
            _stop.Dispose();
        }

        private async Task RunAsync(AmazonKeyManagementServiceClient kms, byte[] ciphertext)
        {
            for (var call = 0; !_stop.IsCancellationRequested; call++)
            {
                await Should.ThrowAsync<AmazonServiceException>(() => kms.DecryptAsync(
                    new DecryptRequest { CiphertextBlob = new(ciphertext), EncryptionContext = new() { ["a"] = "wrong" } }, CancellationToken.None));
                Interlocked.Increment(ref _calls);
                // Bursts, so that alarms come and go.
                var pause = call % 10 == 9 ? TimeSpan.FromSeconds(2.5) : TimeSpan.FromMilliseconds(20);
                await Task.Delay(pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
