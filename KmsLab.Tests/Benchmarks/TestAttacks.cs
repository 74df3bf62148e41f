using KmsLab.Benchmarks.Detection;

namespace KmsLab.Tests.Benchmarks;

/// <summary>Attacks and occurrences to judge.</summary>
internal static class TestAttacks
{
    public const string Application = "arn:aws:iam::111122223333:role/kmslab-cryptoapi";
    public const string Insider = "arn:aws:iam::111122223333:role/kmslab-admin";

    public static readonly DateTimeOffset Noon = new(2025, 9, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>From noon on, for ten minutes.</summary>
    public static PlacedAttack Attack(string id = "burst-exfiltration", string principal = Application, string? tag = null, params string[] finders) =>
        new(id, new(id, principal, tag is null ? null : "address:203.0.113.66", Noon, Noon.AddMinutes(10), Noon, [], tag), finders);

    /// <summary>An occurrence so many minutes after noon, of a detection with a window of five minutes.</summary>
    public static AlarmOccurrence Occurrence(double minutes, string principal = Application, string? client = null, string detection = "unattested-call")
    {
        var group = new Dictionary<string, string> { ["set"] = "vault", ["principal"] = principal };
        if (client is not null)
            group["client"] = client;
        return new($"{detection} {principal} {client}", detection, group, TimeSpan.FromMinutes(5), Noon.AddMinutes(minutes));
    }
}
