namespace KmsLab.AppHost.Settings;

/// <summary>Settings that the lab gives its services unless the user says otherwise.</summary>
internal static class LabDefaults
{
    public const string Region = "us-east-1";
    public const string AccountId = "000000000000";
    public const string LogGroup = "kmslab-trail";
    public const string TrailName = "kmslab";
    public const string KeyAlias = "alias/kmslab";
    public const string AttestationKeyId = "lab";

    public static LabPrincipal CryptoApiRole { get; } = new(
        "AKIALABCRYPTOAPI0000", $"arn:aws:sts::{AccountId}:assumed-role/kmslab-cryptoapi/lab");

    public static LabPrincipal SentinelRole { get; } = new(
        "AKIALABSENTINEL00000", $"arn:aws:sts::{AccountId}:assumed-role/kmslab-sentinel/lab");

    /// <summary>For the lab's own endpoint, by configuration key.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> OfLab => [.. Addresses, .. LocalAws, .. CryptoApi, .. Sentinel, .. Logging];

    /// <summary>For a real account: what is protected there, and how soon records come, is another matter.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> OfAccount => [.. Addresses, .. Logging];

    public static Dictionary<string, string?> Addresses => new()
    {
        ["Lab:DashboardUrl"] = "http://localhost:15080",
        ["LocalAws:Url"] = "http://localhost:4566",
        ["CryptoApi:Url"] = "http://localhost:5080",
        ["Sentinel:Url"] = "http://localhost:5090",
        ["Sentinel:Notifications:PageUrl"] = "http://localhost:5090",
        ["Simulator:Url"] = "http://localhost:5070",
    };

    public static Dictionary<string, string?> LocalAws => new()
    {
        ["LocalAws:AccountId"] = AccountId,
        ["LocalAws:Region"] = Region,
        ["LocalAws:Trail:Name"] = TrailName,
        ["LocalAws:Trail:LogGroup"] = LogGroup,
        // Scenarios come from other addresses, and some calls through AWS services.
        ["LocalAws:TrustSourceIpHeader"] = "true",
        ["LocalAws:Principals:0:AccessKeyId"] = CryptoApiRole.AccessKeyId,
        ["LocalAws:Principals:0:Arn"] = CryptoApiRole.Arn,
        ["LocalAws:Principals:1:AccessKeyId"] = SentinelRole.AccessKeyId,
        ["LocalAws:Principals:1:Arn"] = SentinelRole.Arn,
    };

    public static Dictionary<string, string?> CryptoApi => new()
    {
        ["CryptoApi:KmsKeyId"] = KeyAlias,
        ["CryptoApi:CreateKey"] = "true",
    };

    public static Dictionary<string, string?> Sentinel => new()
    {
        ["Sentinel:LogGroups:0"] = LogGroup,
        ["Sentinel:HeadInterval"] = "00:00:01",
        // Reads cost nothing here, and people wait for alarms.
        ["Sentinel:HeadReads"] = "60",
        ["Sentinel:AllowedLateness"] = "00:00:05",
        // CryptoApi tags its keys so, and signs its calls with a key whose public half Sentinel gets.
        ["Sentinel:ProtectedSets:vault:Tag"] = "kmslab:set=cryptoapi",
        ["Sentinel:ProtectedSets:vault:Roles:0"] = $"arn:aws:iam::{AccountId}:role/kmslab-cryptoapi",
        ["Sentinel:ProtectedSets:vault:Aliases:0"] = KeyAlias,
        // Who puts things right in the simulator's scenarios.
        ["Sentinel:ProtectedSets:vault:Deployers:0"] = $"arn:aws:iam::{AccountId}:role/kmslab-deploy",
        ["Sentinel:Evidence:TrailArns:0"] = $"arn:aws:cloudtrail:{Region}:{AccountId}:trail/{TrailName}",
        ["Sentinel:Api:OpenOnLoopback"] = "true",
        ["Sentinel:Metrics:CloudWatch"] = "true",
        ["Sentinel:Metrics:KeepAlarms"] = "true",
        ["Sentinel:Metrics:Alarms:AlarmsFiring:Metric"] = "AlarmsFiring",
        ["Sentinel:Metrics:Alarms:AlarmsFiring:Threshold"] = "1",
        ["Sentinel:Metrics:Alarms:SentinelSilent:Metric"] = "Heartbeat",
        ["Sentinel:Metrics:Alarms:SentinelSilent:Statistic"] = "SampleCount",
        ["Sentinel:Metrics:Alarms:SentinelSilent:Comparison"] = "LessThanThreshold",
        ["Sentinel:Metrics:Alarms:SentinelSilent:Threshold"] = "1",
        ["Sentinel:Metrics:Alarms:SentinelSilent:EvaluationPeriods"] = "3",
        ["Sentinel:Metrics:Alarms:SentinelSilent:TreatMissingData"] = "breaching",
        // Everything that takes minutes on AWS takes seconds here.
        ["Sentinel:Canary:KeyId"] = "alias/kmslab-canary",
        ["Sentinel:Canary:CreateKey"] = "true",
        ["Sentinel:Canary:Interval"] = "00:00:02",
        ["Sentinel:Guard:Interval"] = "00:00:05",
        ["Sentinel:Delivery:LateAfter"] = "00:00:20",
        ["Sentinel:Delivery:BlindedAfter"] = "00:00:30",
        ["Sentinel:Delivery:UnreadableAfter"] = "00:01:00",
        ["Sentinel:Delivery:LookInterval"] = "00:00:05",
        ["Sentinel:Detections:delivery-silent:Window"] = "00:00:20",
        ["Sentinel:Detections:trail-blinding:Window"] = "00:01:00",
    };

    /// <summary>Our own messages in each service's log, and of the frameworks what is wrong.</summary>
    public static Dictionary<string, string?> Logging => new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:KmsLab"] = "Information",
        // While the lab starts it asks until everything is healthy; a "no" on the way is no news.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
    };
}

/// <summary>An identity of the lab.</summary>
/// <param name="AccessKeyId">What its calls are signed with; LocalAws knows the principal by it.</param>
/// <param name="Arn">The principal.</param>
internal sealed record LabPrincipal(string AccessKeyId, string Arn);
