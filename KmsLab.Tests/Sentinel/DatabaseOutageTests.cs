using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>PostgreSQL killed and started again under a Sentinel that runs.</summary>
public sealed class DatabaseOutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sentinel_backs_off_says_so_and_loses_and_doubles_nothing_when_its_database_is_killed_and_comes_back()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(
            aws.Url, ("Sentinel:Database", "PostgreSql"), ("ConnectionStrings:sentinel", await server.CreateDatabaseAsync()), ("Sentinel:Detections:kms-error-burst:Window", "01:00:00"));
        using var kms = aws.Kms();
        var ciphertext = await EncryptAsync(kms);
        var calls = 0;
        for (var outage = 1; outage <= 2; outage++)
        {
            await CallAsync(10);
            await sentinel.JsonAsync("/api/rates?operation=Decrypt", rates => Count(rates) == calls);

            await server.KillAsync();
            await CallAsync(10);
            var status = await sentinel.JsonAsync("/api/status", answer => answer["loop"]!["failuresInARow"]!.GetValue<int>() >= 2 && answer["loop"]!["database"] is not null);
            status["loop"]!["state"]!.GetValue<string>().ShouldBe("failing");
            status["loop"]!["problem"]!.GetValue<string>().ShouldStartWith("The database: Unreachable");
            status["loop"]!["database"]!.GetValue<string>().ShouldStartWith("The database: Unreachable");
            status["records"]!["counted"].ShouldBeNull("nobody knows while the database is down");
            (await sentinel.GetAsync("/health")).IsSuccessStatusCode.ShouldBeFalse();
            (await sentinel.GetAsync("/alive")).IsSuccessStatusCode.ShouldBeTrue();

            await server.StartAsync();
            await sentinel.JsonAsync("/api/status", answer => answer["loop"]!["state"]!.GetValue<string>() == "running" && answer["loop"]!["database"] is null);
            await sentinel.JsonAsync("/api/rates?operation=Decrypt", rates => Count(rates) == calls);
        }

        var leadership = (await sentinel.JsonAsync("/api/status", answer => answer["pendingNotifications"]!.GetValue<long>() == 0))["leadership"]!;
        leadership["epoch"]!.GetValue<long>().ShouldBe(1, "nobody else led meanwhile");
        Count(await sentinel.JsonAsync("/api/rates?operation=Decrypt")).ShouldBe(calls);
        var alarm = (await sentinel.JsonAsync("/api/alarms")).AsArray().Single(alarm => alarm!["detection"]!.GetValue<string>() == "kms-error-burst")!;
        alarm["evidenceTotal"]!.GetValue<long>().ShouldBe(calls);
        alarm["occurrence"]!.GetValue<long>().ShouldBe(1);

        async Task CallAsync(int times)
        {
            for (var call = 0; call < times; call++, calls++)
            {
                await Should.ThrowAsync<AmazonServiceException>(() => kms.DecryptAsync(
                    new DecryptRequest { CiphertextBlob = new(ciphertext), EncryptionContext = new() { ["a"] = "wrong" } }, Cancellation));
            }
        }
    }

    private static async Task<byte[]> EncryptAsync(AmazonKeyManagementServiceClient kms)
    {
        var key = await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);
        var answer = await kms.EncryptAsync(
            new EncryptRequest { KeyId = key.KeyMetadata.KeyId, Plaintext = new([1]), EncryptionContext = new() { ["a"] = "right" } }, Cancellation);
        return answer.CiphertextBlob.ToArray();
    }

    private static long Count(JsonNode rates) =>
        rates["series"]!.AsArray().SelectMany(series => series!["buckets"]!.AsArray()).Sum(bucket => bucket!["count"]!.GetValue<long>());
}
