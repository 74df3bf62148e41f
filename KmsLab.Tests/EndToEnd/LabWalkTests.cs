using System.Net;
using System.Text.Json.Nodes;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.EndToEnd;

/// <summary>The walk of the Well-Architected lab, on the lab in process: a secret in, an alarm out.</summary>
public sealed class LabWalkTests
{
    private const string Text = "Welcome to ReInvent 2020!";
    private const string Name = "Andy Jassy";

    /// <summary>At its very first start CryptoApi wraps a key for the decoy record, which answers for unknown names.</summary>
    private const int DecoyEncrypts = 1;

    [Fact]
    public async Task Text_comes_back_to_whoever_holds_the_key_by_GET_and_by_POST()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);

        var key = await lab.EncryptAsync(Name, Text);
        using var byGet = await lab.DecryptByGetAsync(Name, key);
        using var byPost = await lab.DecryptAsync(Name, key);

        (await RunningLab.JsonAsync(byGet))["Text"]!.GetValue<string>().ShouldBe(Text);
        (await RunningLab.JsonAsync(byPost))["Text"]!.GetValue<string>().ShouldBe(Text);
    }

    [Fact]
    public async Task Wrong_key_is_refused_by_KMS_and_counted_by_Sentinel()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        var key = await lab.EncryptAsync(Name, Text);

        using var answer = await lab.DecryptAsync(Name, Wrong(key));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await RunningLab.JsonAsync(answer))["Message"]!.GetValue<string>().ShouldBe(RunningLab.WrongKeyMessage);
        var rates = await lab.SentinelAsync("/api/rates", r => Count(r, "Decrypt", "InvalidCiphertextException") > 0);
        Count(rates, "Decrypt", "InvalidCiphertextException").ShouldBe(1);
        Count(rates, "Encrypt", "Success").ShouldBe(DecoyEncrypts + 1);
    }

    [Fact]
    public async Task Second_wrong_key_raises_the_alarm_with_its_evidence_then_quiet_ends_it_and_a_second_attack_raises_it_again()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(
            folder.Path, ("Sentinel:Detections:kms-error-burst:Window", "00:00:03"), ("Sentinel:AllowedLateness", "00:00:01"));
        var key = await lab.EncryptAsync(Name, Text);

        await AttackAsync(lab, key);
        var alarm = (await lab.SentinelAsync("/api/alarms", alarms => Firing(alarms).Any())).AsArray().Single()!;
        await lab.SentinelAsync("/api/alarms", alarms => !Firing(alarms).Any());
        await AttackAsync(lab, key);
        await lab.SentinelAsync("/api/alarms", alarms => Firing(alarms).Any());

        alarm["detection"]!.GetValue<string>().ShouldBe("kms-error-burst");
        alarm["observed"]!.GetValue<double>().ShouldBe(2);
        var evidence = alarm["evidence"]!.AsArray();
        evidence.Select(e => e!["eventId"]!.GetValue<Guid>()).Distinct().Count().ShouldBe(2);
        evidence.ShouldAllBe(e => e!["eventName"]!.GetValue<string>() == "Decrypt");
        evidence.ShouldAllBe(e => e!["errorCode"]!.GetValue<string>() == "InvalidCiphertextException");
        evidence.ShouldAllBe(e => e!["principal"]!.GetValue<string>() == "arn:aws:iam::000000000000:role/kmslab-cryptoapi");
        evidence.ShouldAllBe(e => e!["keyArn"]!.GetValue<string>().StartsWith("arn:aws:kms:us-east-1:000000000000:key/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_wrong_key_raises_nothing()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        var key = await lab.EncryptAsync(Name, Text);

        using var wrong = await lab.DecryptAsync(Name, Wrong(key));
        using var right = await lab.DecryptAsync(Name, key);
        await lab.SentinelAsync("/api/rates", r => Count(r, "Decrypt", "Success") == 1 && Count(r, "Decrypt", "InvalidCiphertextException") == 1);

        Firing(await lab.SentinelAsync("/api/alarms")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_encrypted_before_a_restart_is_decrypted_after_and_no_call_is_counted_twice()
    {
        using var folder = new TempFolder();
        string key;
        await using (var before = await InProcessLab.StartAsync(folder.Path))
        {
            key = await before.EncryptAsync(Name, Text);
            await before.SentinelAsync("/api/rates", r => Count(r, "Encrypt", "Success") == DecoyEncrypts + 1);
        }

        await using var after = await InProcessLab.StartAsync(folder.Path);
        using var answer = await after.DecryptAsync(Name, key);
        var rates = await after.SentinelAsync("/api/rates", r => Count(r, "Decrypt", "Success") > 0);

        (await RunningLab.JsonAsync(answer))["Text"]!.GetValue<string>().ShouldBe(Text);
        Count(rates, "Encrypt", "Success").ShouldBe(DecoyEncrypts + 1);
        Count(rates, "Decrypt", "Success").ShouldBe(1);
    }

    private static async Task AttackAsync(InProcessLab lab, string key)
    {
        for (var i = 0; i < 2; i++)
        {
            using var answer = await lab.DecryptAsync(Name, Wrong(key));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    /// <summary>A key of the right form that is not the right one.</summary>
    private static string Wrong(string key) => (key[0] == 'A' ? 'B' : 'A') + key[1..];

    private static IEnumerable<JsonNode?> Firing(JsonNode alarms) => alarms.AsArray().Where(alarm => alarm!["state"]!.GetValue<string>() == "ALARM");

    private static long Count(JsonNode rates, string operation, string outcome) => rates["series"]!.AsArray()
        .Where(series => series!["operation"]!.GetValue<string>() == operation && series["outcome"]!.GetValue<string>() == outcome)
        .SelectMany(series => series!["buckets"]!.AsArray())
        .Sum(bucket => bucket!["count"]!.GetValue<long>());
}
