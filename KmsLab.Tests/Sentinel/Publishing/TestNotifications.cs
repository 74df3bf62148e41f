using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>Notifications of any size.</summary>
internal static class TestNotifications
{
    public static Notification Of(int evidence = 2, int padding = 0, Severity severity = Severity.High, AlarmState state = AlarmState.Alarm, string title = "KMS refuses one principal repeatedly") => new(
        "0123456789abcdef-1795490219813-1",
        "0123456789abcdef",
        "kms-error-burst",
        severity,
        title,
        new Dictionary<string, string> { ["principal"] = TestRecords.RoleArn },
        state,
        1,
        TestRecords.Noon,
        evidence,
        2,
        TimeSpan.FromSeconds(60),
        TestRecords.Noon,
        TestRecords.Noon.AddSeconds(evidence),
        evidence * 10,
        [.. Enumerable.Range(0, evidence).Select(n => new Evidence(
            $"event-{n}", TestRecords.Noon.AddSeconds(n), "Decrypt", TestRecords.RoleArn + new string('ü', padding), TestRecords.KeyArn, "AccessDenied", "192.0.2.10"))],
        "KMS refused the role <kmslab-cryptoapi> & friends 2 times.",
        ["Read the evidence.", "aws iam list-attached-role-policies --role-name kmslab-cryptoapi"]);

    /// <summary>One of two alarms of an incident.</summary>
    public static Notification Related() => Of() with
    {
        Relatives = [new("fedcba9876543210", "key-destruction", Severity.Critical, 1, TestRecords.Noon, [$"principal {TestRecords.RoleArn}"]) { Title = "A key is to be destroyed" }],
    };
}
