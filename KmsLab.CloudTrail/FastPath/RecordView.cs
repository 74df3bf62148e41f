using System.Text;
using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>
/// A record and where its fields stand in it: the same fields with the same meaning as a <see cref="CloudTrailRecord"/>'s, before any
/// text is made.
/// </summary>
/// <remarks>
/// A field is its text's bytes, without quotes; a number or boolean as it is written; empty when the record has none. Good until its reader
/// reads on. While <see cref="IsPlain"/> is false, texts may hold escapes, or bytes that are no Unicode: then <see cref="ToReading"/>
/// tells what the record says.
/// </remarks>
public readonly ref struct RecordView
{
    private readonly RecordOutline _outline;

    internal RecordView(ReadOnlySpan<byte> json, RecordOutline outline)
    {
        Json = json;
        _outline = outline;
    }

    /// <summary>The record, UTF-8 JSON.</summary>
    public ReadOnlySpan<byte> Json { get; }

    /// <summary>Whether every field's bytes are its text: printable ASCII without escapes.</summary>
    public bool IsPlain => _outline.IsPlain;

    /// <summary>Whether a field may stand twice; the last counts.</summary>
    public bool MayRepeat => _outline.MayRepeat;

    /// <summary>Such as <c>1.11</c>.</summary>
    public ReadOnlySpan<byte> EventVersion => Text(Field.EventVersion);

    /// <summary>Such as <c>AwsApiCall</c>.</summary>
    public ReadOnlySpan<byte> EventType => Text(Field.EventType);

    /// <summary>The eventID.</summary>
    public ReadOnlySpan<byte> EventId => Text(Field.EventId);

    /// <summary>The id that the copies of a cross-account call have in common.</summary>
    public ReadOnlySpan<byte> SharedEventId => Text(Field.SharedEventId);

    /// <summary>The time of the call, ISO 8601; empty as well where it is no text, since a glance at such a record sees no time.</summary>
    public ReadOnlySpan<byte> EventTime => _outline[Field.EventTime].Type == JsonTokenType.String ? Text(Field.EventTime) : default;

    /// <summary>The service.</summary>
    public ReadOnlySpan<byte> EventSource => Text(Field.EventSource);

    /// <summary>The operation.</summary>
    public ReadOnlySpan<byte> EventName => Text(Field.EventName);

    /// <summary>The error; empty when the call succeeded.</summary>
    public ReadOnlySpan<byte> ErrorCode => Text(Field.ErrorCode);

    /// <summary>The error's text.</summary>
    public ReadOnlySpan<byte> ErrorMessage => Text(Field.ErrorMessage);

    /// <summary>The role that a session belongs to.</summary>
    public ReadOnlySpan<byte> SessionIssuerArn => Text(Field.SessionIssuerArn);

    /// <summary>The principal's ARN; of the session, for a role session.</summary>
    public ReadOnlySpan<byte> Arn => Text(Field.Arn);

    /// <summary>The principal's unique id.</summary>
    public ReadOnlySpan<byte> PrincipalId => Text(Field.PrincipalId);

    /// <summary>The principal's account.</summary>
    public ReadOnlySpan<byte> AccountId => Text(Field.AccountId);

    /// <summary>The service that called on the principal's behalf.</summary>
    public ReadOnlySpan<byte> InvokedBy => Text(Field.InvokedBy);

    /// <summary>The Region.</summary>
    public ReadOnlySpan<byte> Region => Text(Field.Region);

    /// <summary>The account that received the record.</summary>
    public ReadOnlySpan<byte> RecipientAccountId => Text(Field.RecipientAccountId);

    /// <summary>The key that the parameters name.</summary>
    public ReadOnlySpan<byte> KeyId => Text(Field.KeyId);

    /// <summary>The key that the parameters of a ReEncrypt name as its source.</summary>
    public ReadOnlySpan<byte> SourceKeyId => Text(Field.SourceKeyId);

    /// <summary>The key that the parameters of a ReEncrypt name as its destination.</summary>
    public ReadOnlySpan<byte> DestinationKeyId => Text(Field.DestinationKeyId);

    /// <summary>Whether the record says that it is late or replaces another.</summary>
    public bool HasAddendum => !Text(Field.AddendumReason).IsEmpty || !Text(Field.OriginalEventId).IsEmpty;

    /// <summary>The JSON of <c>resources</c>.</summary>
    public ReadOnlySpan<byte> Resources => Json.Slice(_outline[Field.Resources].Start, _outline[Field.Resources].Length);

    internal RecordSlices Slices => new(Json, _outline.All());

    /// <summary>The places of all fields.</summary>
    internal ReadOnlySpan<Slice> Places => _outline.All();

    /// <summary>The keys that the call used, as <see cref="CloudTrailRecord.KeyArns"/>.</summary>
    public IReadOnlyList<string> KeyArns() => KeyReferences.Read(Slices);

    /// <summary>The keys that <see cref="Resources"/> names; when there are none, other fields may.</summary>
    public IReadOnlyList<string> ResourceKeyArns() => KeyReferences.FromResources(Resources);

    /// <summary>The time of the call in UTC; null where there is none.</summary>
    public DateTimeOffset? Time() => RecordSlices.InstantOf(Encoding.UTF8.GetString(EventTime));

    /// <summary>Reads the whole record, as the lenient reader does.</summary>
    /// <param name="interest">Which records to read.</param>
    public RecordReading ToReading(RecordInterest interest) => CloudTrailRecordReader.Read(Json, interest);

    private ReadOnlySpan<byte> Text(Field field)
    {
        var slice = _outline[field];
        return slice.Type switch
        {
            JsonTokenType.String => Json.Slice(slice.Start + 1, slice.Length - 2),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Json.Slice(slice.Start, slice.Length),
            _ => default,
        };
    }
}
