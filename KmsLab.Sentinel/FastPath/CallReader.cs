using System.Text;
using KmsLab.CloudTrail.FastPath;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.FastPath;

/// <summary>Tells of a record of KMS what its call is counted by, without making texts of what it has seen before. One thread's.</summary>
/// <remarks>
/// It tells the same as the record reader and <see cref="StablePrincipal"/>, or nothing: then the record wants to be read in full.
/// </remarks>
internal sealed class CallReader(CallNames names)
{
    /// <summary>The outcome of a call without an error.</summary>
    public const string Success = "Success";

    private readonly EventTimes _times = new();
    private readonly KeyNumbers _keys = new(names.Keys);
    private readonly Names _principals = new(names.Principals);
    private readonly Names _operations = new(names.Operations);
    private readonly Names _outcomes = new(names.Outcomes);
    private readonly Names _services = new(names.Services);
    private readonly int _success = names.Outcomes.NumberOf(Success);
    private readonly int _noService = names.Services.NumberOf("");
    private readonly int _unknown = names.Principals.NumberOf(StablePrincipal.Unknown);

    /// <summary>Reads a record's call.</summary>
    /// <param name="record">A record of KMS.</param>
    /// <param name="ticks">Its time, UTC ticks.</param>
    /// <param name="keys">What it is counted by: one for each key that it used, or one. Good until the next one is read.</param>
    /// <returns>False if the record is one of those that are not plain and ordinary.</returns>
    public bool TryRead(RecordView record, out long ticks, out ReadOnlySpan<CallKey> keys)
    {
        keys = default;
        if (!IsOrdinary(record) || !_times.TryRead(record, out ticks))
        {
            ticks = 0;
            return false;
        }

        var outcome = record.ErrorCode is { IsEmpty: false } error ? _outcomes.NumberOf(error) : _success;
        var service = record.InvokedBy is { IsEmpty: false } invokedBy ? _services.NumberOf(invokedBy) : _noService;
        keys = _keys.Of(record, PrincipalOf(record), _operations.NumberOf(record.EventName), outcome, service);
        return true;
    }

    /// <summary>What the call of a record that was read in full is counted by.</summary>
    public IReadOnlyList<CallKey> Read(CloudTrailRecord record)
    {
        var principal = names.Principals.NumberOf(StablePrincipal.Of(record.Identity));
        var (operation, outcome) = (names.Operations.NumberOf(record.EventName), names.Outcomes.NumberOf(record.ErrorCode ?? Success));
        var service = names.Services.NumberOf(record.Identity.InvokedBy ?? "");
        return record.KeyArns.Count == 0
            ? [CallKey.Of(names.Keys.NumberOf(""), principal, operation, outcome, service)]
            : [.. record.KeyArns.Select(key => CallKey.Of(names.Keys.NumberOf(key), principal, operation, outcome, service))];
    }

    /// <summary>Leaves corrections, Insights events and network twins, and whatever is odd, to be read in full.</summary>
    private static bool IsOrdinary(RecordView record) =>
        record is { IsPlain: true, MayRepeat: false, HasAddendum: false, EventName.IsEmpty: false, EventId.IsEmpty: false }
        && record.EventSource.SequenceEqual("kms.amazonaws.com"u8)
        && (record.EventVersion.IsEmpty || record.EventVersion.StartsWith("1."u8))
        && !record.EventType.SequenceEqual("AwsCloudTrailInsight"u8)
        && !record.EventType.SequenceEqual("AwsVpceEvent"u8);

    /// <summary>As <see cref="StablePrincipal.Of"/>.</summary>
    private int PrincipalOf(RecordView record)
    {
        if (record.SessionIssuerArn is { IsEmpty: false } issuer)
            return _principals.NumberOf(issuer);
        if (record.Arn is { IsEmpty: false } arn)
            return _principals.NumberOf(WithoutSession(arn));
        if (record.PrincipalId is { IsEmpty: false } id)
            return _principals.NumberOf(id.IndexOf((byte)':') is var end and >= 0 ? id[..end] : id);
        if (record.InvokedBy is { IsEmpty: false } service)
            return _principals.NumberOf(service);
        return record.AccountId is { IsEmpty: false } account ? _principals.NumberOf(account) : _unknown;
    }

    private static ReadOnlySpan<byte> WithoutSession(ReadOnlySpan<byte> arn) =>
        arn.IndexOf(":assumed-role/"u8) > 0 && arn.LastIndexOf((byte)'/') is var last && last > arn.IndexOf((byte)'/') ? arn[..last] : arn;

    /// <summary>The numbers of one kind of names, by their bytes.</summary>
    private sealed class Names(NameList names)
    {
        private readonly TextMemo _memo = new();

        public int NumberOf(ReadOnlySpan<byte> name)
        {
            if (!_memo.TryGet(name, out var number))
            {
                number = names.NumberOf(Encoding.ASCII.GetString(name));
                _memo.Add(name, number);
            }

            return number;
        }
    }
}
