using KmsLab.Tests.CryptoApi;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using KmsLab.Tests.Sentinel;

namespace KmsLab.Tests.Aws;

/// <summary>
/// The rights of each role are the AWS calls that its service makes: the services run here as their tasks are told to, but against LocalAws, and each call on
/// the wire is compared with the role's policy. A right too few fails as surely as one too many.
/// </summary>
public sealed class ActionTests
{
    /// <summary>Rights that no call of ours shows, and why they are needed all the same.</summary>
    private static readonly Dictionary<string, string> Unseen = new()
    {
        ["kms:TagResource"] = "CreateKey with tags needs it; the call is CreateKey",
    };

    private static readonly Dictionary<string, string> UnseenOfSentinel = new()
    {
        ["kms:Decrypt"] = "SNS calls KMS with the publisher's rights; the call is Publish",
        ["kms:GenerateDataKey"] = "SNS calls KMS with the publisher's rights; the call is Publish",
    };

    [Theory]
    [InlineData("Shared")]
    [InlineData("PerRecord")]
    public async Task CryptoApi_role_has_the_rights_for_the_calls_that_it_makes_and_no_others(string keyPolicy)
    {
        using var folder = new TempFolder();
        await using var aws = await LocalAwsHost.StartAsync();
        await using var wire = await CallRecorder.StartAsync(aws.Url);
        var key = await aws.Kms().CreateKeyAsync(new(), TestContext.Current.CancellationToken);
        var parameters = new Dictionary<string, string>(Environments.Least) { ["KeyPolicy"] = keyPolicy };

        await using var api = await CryptoApiHost.StartUnreadyAsync(TestDatabase.In(folder.Path), wire.Url,
        [
            .. Told("kmslab-app", parameters).Where(setting => !setting.Key.StartsWith("CryptoApi:Authentication", StringComparison.Ordinal)),
            ("CryptoApi:CreateKey", "false"),
            ("CryptoApi:KmsKeyId", key.KeyMetadata.Arn),
        ]);
        await api.UntilReadyAsync();
        var token = await api.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        (await api.DecryptAsync("Andy Jassy", token)).Status.ShouldBe(200);
        (await api.DecryptAsync("nobody", token)).Status.ShouldBe(400);
        (await api.PostAsync("/rotate", new() { ["Name"] = "Andy Jassy", ["Key"] = token })).Status.ShouldBe(200);
        (await api.PostAsync("/delete", new() { ["Name"] = "Andy Jassy", ["Key"] = token })).Status.ShouldBe(200);

        var granted = Granted("app.yaml", keyPolicy == "PerRecord");
        var made = wire.Calls.SelectMany(ActionsOf).ToHashSet();
        made.ShouldBe(granted.Except(Unseen.Keys), ignoreOrder: true);
    }

    [Fact]
    public async Task Sentinel_role_has_the_rights_for_the_calls_that_it_makes_and_no_others()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var wire = await CallRecorder.StartAsync(aws.Url);
        var vault = await aws.Kms().CreateKeyAsync(new(), TestContext.Current.CancellationToken);
        var canary = await aws.Kms().CreateKeyAsync(new(), TestContext.Current.CancellationToken);
        var topicKey = await aws.Kms().CreateKeyAsync(new(), TestContext.Current.CancellationToken);
        using var topic = await aws.PostQueryAsync("sns", "Action=CreateTopic&Version=2010-03-31&Name=kmslab-sentinel-AlarmTopic");
        topic.EnsureSuccessStatusCode();

        await using var sentinel = await SentinelHost.StartAsync(wire.Url,
        [
            .. Told("kmslab-sentinel", Environments.Least).Select(setting => (setting.Key, (string?)setting.Value)),
            ("Sentinel:LogGroups:0", "kmslab-trail"),
            ("Sentinel:Evidence:TrailArns:0", "arn:aws:cloudtrail:us-east-1:000000000000:trail/kmslab"),
            ("Sentinel:Evidence:KeyArns:0", topicKey.KeyMetadata.Arn),
            ("Sentinel:ProtectedSets:cryptoapi:Keys:0", vault.KeyMetadata.Arn),
            ("Sentinel:Canary:KeyId", canary.KeyMetadata.Arn),
            .. Faster,
        ]);
        var granted = Granted("sentinel.yaml", conditional: false).Except(UnseenOfSentinel.Keys).ToHashSet();

        // An alarm, so that somebody is told; a source that fails, so that the event history is asked.
        await AttackAsync(aws);
        await wire.UntilAsync([.. granted.Except(["cloudtrail:LookupEvents"])]);
        using (var blinded = await aws.PostJsonAsync("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.StopLogging", """{"Name":"kmslab"}"""))
            blinded.EnsureSuccessStatusCode();
        await wire.UntilAsync(granted);

        wire.Calls.SelectMany(ActionsOf).Distinct().ShouldBe(granted, ignoreOrder: true);
    }

    private static IEnumerable<(string Key, string? Value)> Faster =>
    [
        ("Sentinel:HeadInterval", "00:00:00.100"),
        ("Sentinel:AllowedLateness", "00:00:01"),
        ("Sentinel:Canary:Interval", "00:00:00.500"),
        ("Sentinel:Delivery:LateAfter", "00:00:02"),
        ("Sentinel:Delivery:BlindedAfter", "00:00:04"),
        ("Sentinel:Delivery:LookInterval", "00:00:00.500"),
        ("Sentinel:Guard:Enabled", "true"),
        ("Sentinel:Guard:Interval", "00:00:00.500"),
        ("Sentinel:Guard:SurveyInterval", "00:00:01"),
        ("Sentinel:Detections:kms-error-burst:Threshold", "2"),
    ];

    /// <summary>What the task is told; where things are, the test decides.</summary>
    private static IEnumerable<(string Key, string Value)> Told(string stack, Dictionary<string, string> parameters) =>
        Environments.SettingsOf(stack, parameters)
            .Where(setting => !setting.Key.StartsWith("ASPNETCORE", StringComparison.Ordinal) && !setting.Key.StartsWith("ConnectionStrings", StringComparison.Ordinal))
            .Select(setting => (setting.Key, setting.Value!));

    private static async Task AttackAsync(LocalAwsHost aws)
    {
        for (var i = 0; i < 8; i++)
        {
            using var refused = await aws.PostJsonAsync("kms", "TrentService.Decrypt", """{"CiphertextBlob":"AAAA"}""");
            refused.IsSuccessStatusCode.ShouldBeFalse();
        }
    }

    /// <summary>A call by the actions that IAM checks for it.</summary>
    private static string[] ActionsOf(string call) => call == "kms:ReEncrypt" ? ["kms:ReEncryptFrom", "kms:ReEncryptTo"] : [call];

    private static HashSet<string> Granted(string template, bool conditional)
    {
        var roles = Template.All[template].OfType("AWS::IAM::RolePolicy").Where(policy => policy.Resource["Properties"]!["RoleName"]!["Ref"]!.GetValue<string>() == "TaskRole");
        return [.. roles.Where(policy => conditional || policy.Resource["Condition"] is null)
            .SelectMany(policy => policy.Resource["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray())
            .Where(statement => conditional || statement!["Fn::If"] is null)
            .SelectMany(statement => PolicyTests.ActionsOf(statement!["Fn::If"]?[1] ?? statement!))];
    }
}
