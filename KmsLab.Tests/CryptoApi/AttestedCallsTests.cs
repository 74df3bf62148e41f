using Amazon.CloudWatchLogs;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>The proofs on the calls that really go out, as the real SDK sends them.</summary>
public sealed class AttestedCallsTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task Each_cryptographic_call_carries_a_proof_of_its_own_that_verifies()
    {
        using var folder = new TempFolder();
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(
            database, wire.Url,
            ("CryptoApi:Attestation:KeyId", "lab"), ("CryptoApi:Attestation:PrivateKeyFile", folder["attestation.pem"]), ("CryptoApi:Attestation:CreateKeyFile", "true"));
        await api.UntilReadyAsync();

        var key = await api.EncryptAsync("n", "text");
        await api.DecryptAsync("n", key);
        await api.DecryptAsync("n", "wrong");
        await api.PostAsync("/rotate", new() { ["Name"] = "n", ["Key"] = key });

        using var verifier = new AttestationVerifier([new("lab", await File.ReadAllTextAsync(folder["attestation.pem.pub"], TestContext.Current.CancellationToken))]);
        var calls = wire.Calls.Where(call => call.Operation is "Encrypt" or "Decrypt" or "ReEncrypt").ToArray();
        calls.Select(call => call.Operation).ShouldBe(["Encrypt", "Encrypt", "Decrypt", "Decrypt", "ReEncrypt"]);
        foreach (var call in calls)
            verifier.Verify(RecordOf(call)).Verdict.ShouldBe(AttestationVerdict.Valid, call.UserAgent);
        calls.Select(call => AttestationProof.FindAll(call.UserAgent).Single().Nonce).Distinct().Count().ShouldBe(calls.Length);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(folder["attestation.pem"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task The_records_on_the_trail_verify_and_a_stolen_credential_s_do_not()
    {
        using var folder = new TempFolder();
        await using var host = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(
            database, host,
            ("CryptoApi:Attestation:KeyId", "lab"), ("CryptoApi:Attestation:PrivateKeyFile", folder["attestation.pem"]), ("CryptoApi:Attestation:CreateKeyFile", "true"));
        var key = await api.EncryptAsync("n", "text");
        await api.DecryptAsync("n", key);
        await api.DecryptAsync("n", "wrong");
        await api.PostAsync("/rotate", new() { ["Name"] = "n", ["Key"] = key });
        using var thief = host.Kms(new Amazon.Runtime.BasicAWSCredentials("AKIALABCRYPTOAPI0000", "stolen"));
        await thief.EncryptAsync(new() { KeyId = "alias/kmslab", Plaintext = new MemoryStream([1]) }, TestContext.Current.CancellationToken);

        using var verifier = new AttestationVerifier([new("lab", await File.ReadAllTextAsync(folder["attestation.pem.pub"], TestContext.Current.CancellationToken))]);
        var records = await TrailAsync(host, 6);
        records.Select(record => (record.EventName, verifier.Verify(record).Verdict)).ShouldBe(
            [
                ("Encrypt", AttestationVerdict.Valid), ("Encrypt", AttestationVerdict.Valid), ("Encrypt", AttestationVerdict.Absent),
                ("Decrypt", AttestationVerdict.Valid), ("Decrypt", AttestationVerdict.Valid), ("ReEncrypt", AttestationVerdict.Valid),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Without_a_key_calls_carry_no_proof()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();

        await api.EncryptAsync("n", "text");

        wire.Calls.ShouldAllBe(call => !call.UserAgent.Contains("kmslab/"));
    }

    /// <summary>The records of cryptographic calls in the trail's log group, once there are <paramref name="count"/> of them.</summary>
    private static async Task<List<CloudTrailRecord>> TrailAsync(LocalAwsHost host, int count)
    {
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, host.Configure(new AmazonCloudWatchLogsConfig()));
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var page = await logs.FilterLogEventsAsync(new() { LogGroupName = "kmslab-trail" }, TestContext.Current.CancellationToken);
            var records = (page.Events ?? [])
                .Select(e => CloudTrailRecordReader.Read(System.Text.Encoding.UTF8.GetBytes(e.Message), RecordInterest.Everything).Record)
                .OfType<CloudTrailRecord>()
                .Where(record => record.EventName is "Encrypt" or "Decrypt" or "ReEncrypt")
                .ToList();
            if (records.Count >= count || TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                return records;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The record that CloudTrail would make of the call.</summary>
    private static CloudTrailRecord RecordOf(WireCall call)
    {
        EncryptionContext? Context(string name) => call.Request[name] is { } pairs
            ? new(pairs.AsObject().Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.GetValue<string>())))
            : null;
        string[] keyFields = ["KeyId", "SourceKeyId", "DestinationKeyId"];
        return new CloudTrailRecord
        {
            Id = RecordId.From(Guid.NewGuid().ToString()),
            EventId = "",
            EventTime = TimeProvider.System.GetUtcNow(),
            EventSource = "kms.amazonaws.com",
            EventName = call.Operation,
            Identity = new(null, null, null, null, null, null, null, null),
            UserAgent = call.UserAgent,
            KeyArns = [.. keyFields.Select(field => call.Request[field]?.GetValue<string>()).OfType<string>()],
            Context = Context("EncryptionContext") ?? Context("SourceEncryptionContext"),
            DestinationContext = Context("DestinationEncryptionContext"),
            Json = default,
        };
    }
}
