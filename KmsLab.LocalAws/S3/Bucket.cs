using System.Xml.Linq;

namespace KmsLab.LocalAws.S3;

/// <summary>A bucket as it is kept. Never changed in place.</summary>
internal sealed record BucketRecord
{
    public required string Name { get; init; }

    /// <summary>What its objects are filed under: another one when a bucket of the same name is made anew.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether it was made with Object Lock, or got it since.</summary>
    public bool HasObjectLock { get; init; }

    /// <summary>Its settings by the names that they have in queries, such as <c>versioning</c>: XML, or JSON for the policy. Empty: taken away.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];
}

/// <summary>A bucket in memory: what its settings mean.</summary>
internal sealed class Bucket(string account, string region, BucketRecord record)
{
    public BucketRecord Record { get; } = record;
    public string Account { get; } = account;
    public string Region { get; } = region;
    public string Name => Record.Name;
    public string Key => Record.Key;
    public string Arn { get; } = $"arn:{Wire.Partitions.Of(region)}:s3:::{record.Name}";

    /// <summary><c>Enabled</c>, <c>Suspended</c>, or null for a bucket that never was versioned.</summary>
    public string? Versioning { get; } = Setting(record, "versioning")?.Element(S3Answer.Namespace + "Status")?.Value;

    /// <summary>Who is told of what happens to its objects.</summary>
    public IReadOnlyList<NotificationTarget> Notifications { get; } = Setting(record, "notification") is { } configuration ? NotificationTarget.Read(configuration) : [];

    /// <summary>How objects are encrypted whose writer says nothing: the algorithm, its key, and whether a bucket key is used.</summary>
    public (string Algorithm, string? KeyId, bool BucketKey) Encryption { get; } = EncryptionOf(Setting(record, "encryption"));

    /// <summary>How long new objects can't be deleted: the mode, and the time; null: they can.</summary>
    public (string Mode, TimeSpan Time)? DefaultRetention { get; } = RetentionOf(Setting(record, "object-lock"));

    public static XElement? Setting(BucketRecord record, string name) =>
        record.Settings.TryGetValue(name, out var text) && text.Length > 0 ? XElement.Parse(text, LoadOptions.PreserveWhitespace) : null;

    private static (string, string?, bool) EncryptionOf(XElement? configuration)
    {
        var rule = configuration?.Element(S3Answer.Namespace + "Rule");
        var way = rule?.Element(S3Answer.Namespace + "ApplyServerSideEncryptionByDefault");
        return (
            way?.Element(S3Answer.Namespace + "SSEAlgorithm")?.Value ?? "AES256",
            way?.Element(S3Answer.Namespace + "KMSMasterKeyID")?.Value,
            S3Text.IsTrue(rule?.Element(S3Answer.Namespace + "BucketKeyEnabled")?.Value));
    }

    private static (string, TimeSpan)? RetentionOf(XElement? configuration)
    {
        var retention = configuration?.Element(S3Answer.Namespace + "Rule")?.Element(S3Answer.Namespace + "DefaultRetention");
        if (retention?.Element(S3Answer.Namespace + "Mode")?.Value is not { } mode)
            return null;
        var years = int.TryParse(retention.Element(S3Answer.Namespace + "Years")?.Value, out var y) ? y : 0;
        var days = int.TryParse(retention.Element(S3Answer.Namespace + "Days")?.Value, out var d) ? d : 0;
        return (mode, TimeSpan.FromDays(Math.Clamp(days + (years * 365L), 0, 36_500)));
    }
}
