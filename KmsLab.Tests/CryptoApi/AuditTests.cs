using System.Text.Json;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.CryptoApi.Audit;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>One row for each KMS call on the trail, with how it ended.</summary>
public sealed class AuditTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const int Rounds = 12;
    private const string Service = AuditLog.Service;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Each_cryptographic_call_on_the_trail_has_exactly_one_row(DatabaseProvider provider)
    {
        using var folder = new TempFolder();
        await using var host = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using (var api = await CryptoApiHost.StartAsync(database, host, Attested(folder)))
            await Task.WhenAll(Enumerable.Range(0, Rounds).Select(round => MixedCallsAsync(api, $"name {round}")));

        var rows = await database.AuditAsync(); // The host is gone: it wrote down what it knew before it went.
        const int perRound = 8; // The refused replace made none.
        rows.Count.ShouldBe(1 + (Rounds * perRound)); // 1: the decoy's.
        var trail = (await host.DeliveredAsync(delivered => delivered.Count(record => IsCryptographic(record.Record)) >= rows.Count)).Select(record => record.Record).Where(IsCryptographic).ToList();
        trail.Count.ShouldBe(rows.Count);
        foreach (var record in trail)
            ShouldBeTheSameCall(rows.Where(row => row.Nonce == ProofOf(record).Nonce).ShouldHaveSingleItem(), record);
    }

    /// <summary>Starts, creations of keys and refusals: nothing that the role does is without its row, and each proof verifies.</summary>
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Each_call_on_the_trail_has_its_row_whatever_it_does(DatabaseProvider provider)
    {
        using var folder = new TempFolder();
        await using var host = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        string arn;
        await using (var first = await CryptoApiHost.StartAsync(database, host, [("CryptoApi:KeyPolicy", "PerRecord"), .. Attested(folder)]))
        {
            await first.EncryptAsync("n", "text");
            arn = first.Services.GetRequiredService<KmsLab.CryptoApi.Encryption.KmsKey>().Arn;
        }

        await using (await CryptoApiHost.StartAsync(database, host, [("CryptoApi:KmsKeyId", arn), ("CryptoApi:CreateKey", "false"), .. Attested(folder)]))
        {
        }

        var rows = await database.WholeAuditAsync();
        rows.Select(row => row.Operation).Order().ShouldBe(
            ["CreateAlias", "CreateAlias", "CreateKey", "CreateKey", "DescribeKey", "DescribeKey", "Encrypt", "Encrypt", "ListAliases"]);
        var trail = (await host.DeliveredAsync(delivered => delivered.Count(record => IsOurs(record.Record)) >= rows.Count)).Select(record => record.Record).Where(IsOurs).ToList();
        trail.Select(record => record.GetProperty("requestID").GetString()).ShouldBe(rows.Select(row => row.RequestId), ignoreOrder: true);
        using var verifier = new AttestationVerifier([new("lab", await File.ReadAllTextAsync(folder["attestation.pem.pub"], TestContext.Current.CancellationToken))]);
        trail.Select(record => (rows.Single(row => row.RequestId == record.GetProperty("requestID").GetString()).Client, Verdict(verifier, record))).Order().ShouldBe(
            new[]
            {
                (Service, "CreateAlias Valid"), (Service, "CreateKey Absent"), (Service, "DescribeKey Absent"), (Service, "DescribeKey Valid"), (Service, "Encrypt Valid"), (Service, "ListAliases Valid"),
                ("address:127.0.0.1", "CreateAlias Valid"), ("address:127.0.0.1", "CreateKey Absent"), ("address:127.0.0.1", "Encrypt Valid"),
            }.Order());
    }

    [Fact]
    public async Task A_call_that_kms_did_not_answer_is_told_from_one_it_refused()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url, ("CryptoApi:KmsTimeout", "00:00:00.300"));
        await api.UntilReadyAsync();
        var key = await api.EncryptAsync("n", "text");

        wire.Fail("Decrypt", 400, "DisabledException");
        await api.DecryptAsync("n", key);
        wire.Hang("Decrypt");
        await api.DecryptAsync("n", key);

        var rows = await database.AuditAsync(rows => rows.Count(row => row.Operation == "Decrypt" && row.Outcome is not null) == 2);
        rows.Where(row => row.Operation == "Decrypt").Select(row => (row.Outcome, row.RequestId is null)).ShouldBe([("DisabledException", false), ("Unanswered", true)], ignoreOrder: true);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Under_a_key_for_each_name_the_row_names_the_names_own_key(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host, ("CryptoApi:KeyPolicy", "PerRecord"));

        await api.DecryptAsync("n", await api.EncryptAsync("n", "text"));

        var rows = await database.AuditAsync(rows => rows.Count == 3 && rows.All(row => row.Outcome is not null));
        var record = rows.Single(row => row.Operation == "Decrypt").RecordId;
        rows.Where(row => row.RecordId == record).Select(row => row.KeyArn).Distinct().ShouldHaveSingleItem();
        rows.Select(row => row.KeyArn).Distinct().Count().ShouldBe(2); // The other is the decoy's: the shared key.
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task No_row_holds_a_secret(DatabaseProvider provider)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        string key;
        await using (var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url))
        {
            await api.UntilReadyAsync();
            key = await api.EncryptAsync("Zanzibar-Quetzal", "Xylophone-Krakatoa");
            await api.DecryptAsync("Zanzibar-Quetzal", key);
            await api.DecryptAsync("Zanzibar-Quetzal", "Bogus-Katmandu");
            await api.PostAsync("/rotate", new() { ["Name"] = "Zanzibar-Quetzal", ["Key"] = key });
        }

        var everything = JsonSerializer.Serialize(await database.AuditAsync(rows => rows.Count == 5));
        everything.ShouldContain("ReEncrypt");
        string[] blobs = ["Plaintext", "CiphertextBlob"];
        var secrets = wire.Calls.SelectMany(call => blobs.SelectMany(blob => new[] { call.Request[blob], call.Answer[blob] })).OfType<System.Text.Json.Nodes.JsonNode>().Select(blob => blob.GetValue<string>()).ToArray();
        secrets.Length.ShouldBeGreaterThan(5);
        foreach (var secret in (string[])["Zanzibar-Quetzal", "Xylophone-Krakatoa", "Bogus-Katmandu", key, .. secrets])
            everything.ShouldNotContain(secret, Case.Sensitive);
    }

    /// <summary>What the rows and the trail tell about one call.</summary>
    internal static void ShouldBeTheSameCall(KmsCallRow row, JsonElement record)
    {
        var proof = ProofOf(record);
        var context = record.GetProperty("requestParameters");
        context = context.TryGetProperty("encryptionContext", out var one) ? one : context.GetProperty("sourceEncryptionContext");
        row.ClientTag.ShouldBe(proof.ClientTag);
        row.Operation.ShouldBe(record.GetProperty("eventName").GetString());
        row.RecordId.ShouldBe(context.GetProperty("r").GetString());
        row.KeyArn.ShouldNotBeNull();
        record.GetProperty("resources").EnumerateArray().Select(key => key.GetProperty("ARN").GetString()).ShouldContain(row.KeyArn);
        if (row.Outcome is null)
            return;

        row.RequestId.ShouldBe(record.GetProperty("requestID").GetString());
        row.Outcome.ShouldBe(record.TryGetProperty("errorCode", out var error) ? error.GetString() : "Success");
    }

    private static bool IsOurs(JsonElement record) =>
        record.GetProperty("eventSource").GetString() == "kms.amazonaws.com" && record.GetProperty("userIdentity").GetProperty("accessKeyId").GetString() == "AKIALABCRYPTOAPI0000";

    private static string Verdict(AttestationVerifier verifier, JsonElement json)
    {
        var record = CloudTrailRecordReader.Read(JsonSerializer.SerializeToUtf8Bytes(json), RecordInterest.Everything).Record!;
        return $"{record.EventName} {verifier.Verify(record).Verdict}";
    }

    internal static bool IsCryptographic(JsonElement record) => record.GetProperty("eventName").GetString() is "Encrypt" or "Decrypt" or "ReEncrypt";

    internal static AttestationProof ProofOf(JsonElement record) => AttestationProof.FindAll(record.GetProperty("userAgent").GetString()!).ShouldHaveSingleItem();

    internal static (string, string)[] Attested(TempFolder folder) =>
        [("CryptoApi:Attestation:KeyId", "lab"), ("CryptoApi:Attestation:PrivateKeyFile", folder["attestation.pem"]), ("CryptoApi:Attestation:CreateKeyFile", "true")];

    private static async Task MixedCallsAsync(CryptoApiHost api, string name)
    {
        var key = await api.EncryptAsync(name, "text");
        await api.DecryptAsync(name, key);
        await api.DecryptAsync(name, "wrong");
        await api.DecryptAsync($"no {name}", key);
        (await api.PostAsync("/encrypt", new() { ["Name"] = name, ["Text"] = "other" })).Status.ShouldBe(409);
        await api.PostAsync("/rotate", new() { ["Name"] = name, ["Key"] = key });
        await api.PostAsync("/rotate", new() { ["Name"] = name, ["Key"] = "wrong" });
        var second = await api.EncryptAsync(name, "other", key);
        await api.DecryptAsync(name, second);
        await api.PostAsync("/delete", new() { ["Name"] = name, ["Key"] = second });
    }
}
