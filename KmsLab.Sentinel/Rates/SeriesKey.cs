using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Rates;

/// <summary>What calls are counted by.</summary>
/// <param name="KeyArn">The key; null for a call about no key, such as ListKeys, or one whose record does not say.</param>
/// <param name="Principal">The stable principal.</param>
/// <param name="Operation">The API operation.</param>
/// <param name="Outcome">The error code, or <see cref="Success"/>.</param>
/// <param name="Service">The AWS service that called on the principal's behalf; null for a direct call.</param>
internal readonly record struct SeriesKey(string? KeyArn, string Principal, string Operation, string Outcome, string? Service)
{
    public const string Success = "Success";

    /// <summary>All series beyond the limit.</summary>
    public static SeriesKey Other { get; } = new("Other", "Other", "Other", "Other", null);

    /// <summary>Reads a series back from columns, in which an empty text stands for none.</summary>
    public static SeriesKey FromColumns(string keyArn, string principal, string operation, string outcome, string service) =>
        new(keyArn.Length == 0 ? null : keyArn, principal, operation, outcome, service.Length == 0 ? null : service);

    /// <summary>The series of a record: one for each key that it used, so a ReEncrypt between two keys counts for either.</summary>
    public static IEnumerable<SeriesKey> Of(CloudTrailRecord record) =>
        record.KeyArns.Count == 0 ? [Of(record, null)] : record.KeyArns.Select(key => Of(record, key));

    /// <summary>The series of a record for one of its keys.</summary>
    public static SeriesKey Of(CloudTrailRecord record, string? keyArn) =>
        new(keyArn, StablePrincipal.Of(record.Identity), record.EventName, record.ErrorCode ?? Success, record.Identity.InvokedBy);
}
