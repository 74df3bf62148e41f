using System.Text.Json;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Trail;

/// <summary>
/// A record as detections see it: its own fields, and what Sentinel knows beyond them. The facts are filled in before any
/// detection looks, so that a detection stays a pure function.
/// </summary>
internal sealed class Observation(CloudTrailRecord record)
{
    /// <summary>As deep as the record reader lets a record be: one that it took must not stop the loop here.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    private JsonElement? _root;

    public CloudTrailRecord Record => record;

    /// <summary>Who called, by a name that lasts.</summary>
    public string Principal { get; } = StablePrincipal.Of(record.Identity);

    /// <summary>Whether KMS was called.</summary>
    public bool IsKms => record.EventSource == "kms.amazonaws.com";

    /// <summary>Whether the call succeeded. A DryRun call never does anything: it always 'fails' with DryRunOperationException.</summary>
    public bool Succeeded => record.ErrorCode is null;

    /// <summary>Whether it is a call of Sentinel's own that AWS refused: the guard has told it already, and no detection needs to wonder about it.</summary>
    public bool IsOwnRefusal { get; set; }

    /// <summary>Why the record may be forged.</summary>
    public RecordDoubt Doubt { get; set; }

    /// <summary>How often a call with the very same proof had succeeded before this one did, though an SDK repeats what failed.</summary>
    public int Repetitions { get; set; }

    /// <summary>The protected set that the first of its protected keys belongs to; null when it uses none.</summary>
    public ProtectedSet? Set { get; set; }

    /// <summary>The set's name, or the key's ARN where it belongs to none, with all Regions of a multi-Region key as one: what reads of the same data have in common.</summary>
    public string SetOrKey => Set?.Name ?? (record.KeyArns.Count > 0 ? KeyFamily.Of(record.KeyArns[0]) : "unknown");

    /// <summary>What the attestation says; null when the call is no cryptographic one, or nobody gave Sentinel a public key to verify with.</summary>
    public AttestationVerdict? Attestation { get; set; }

    /// <summary>The well-formed proof that <see cref="Attestation"/> rests on, if there is one.</summary>
    public AttestationProof? Proof { get; set; }

    /// <summary>The first key that the call used, or that its refusal names where the record itself names none.</summary>
    public string? Key => record.KeyArns.Count > 0 ? record.KeyArns[0] : RefusedKey;

    /// <summary>The key's ARN in the message of a refusal whose record has no resources.</summary>
    public string? RefusedKey { get; set; }

    /// <summary>All protected sets.</summary>
    public IReadOnlyList<ProtectedSet> Sets { get; set; } = [];

    /// <summary>The path that records come through.</summary>
    public AuditResources? AuditPath { get; set; }

    /// <summary>For a call of ECS that names a task definition: the set whose roles it runs with.</summary>
    public ProtectedSet? TaskSet { get; set; }

    /// <summary>For a call of ECS that names a task definition: whether Sentinel itself runs from it.</summary>
    public bool RunsSentinel { get; set; }

    /// <summary>For a new task definition of Sentinel's: what its settings take away, such as <c>is to run with ...=Off</c>; null for nothing.</summary>
    public string? SentinelLoss { get; set; }

    /// <summary>For a call of ECS about a service: the set whose tasks it runs, as far as records told.</summary>
    public ProtectedSet? ServiceSet { get; set; }

    /// <summary>For a call that reaches into an instance: the ARN of the trusted role that the instance runs with, as far as records told.</summary>
    public string? InstanceRole { get; set; }

    /// <summary>For a call about an identity provider or a trust anchor: the ARN of the trusted role that may be assumed through it, as far as records told.</summary>
    public string? FederatedRole { get; set; }

    /// <summary>For a call of ECR: the set whose tasks run images of its repository.</summary>
    public ProtectedSet? ImageSet { get; set; }

    /// <summary>For a change of a managed policy: the trusted principals that hold it, as far as records told.</summary>
    public IReadOnlyList<string> PolicyHolders { get; set; } = [];

    /// <summary>For a call that names an instance profile: the ARN of the trusted role that it holds, as far as records told.</summary>
    public string? ProfileRole { get; set; }

    /// <summary>Whether the call puts exactly what the same call put last, such as the same policy on the same role.</summary>
    public bool IsUnchanged { get; set; }

    /// <summary>The parameters with which the same call last changed the same thing, as far as records told and they are short.</summary>
    public JsonElement Before { get; set; }

    /// <summary>For a change of an alias: the key that it pointed to before.</summary>
    public string? AliasedKey { get; set; }

    /// <summary>The protected set of <see cref="AliasedKey"/>, or that which names the alias.</summary>
    public ProtectedSet? AliasSet { get; set; }

    /// <summary>When the call's last key was made, if that is not long ago.</summary>
    public DateTimeOffset? KeyMadeAt { get; set; }

    /// <summary>Who made that key, if it is known.</summary>
    public string? KeyMaker { get; set; }

    /// <summary>For a call about an access point of S3: the bucket behind it, as far as records told.</summary>
    public string? AccessPointBucket { get; set; }

    /// <summary>Tells whether the bucket that the call encrypts for was made lately.</summary>
    public bool IsNewBucket { get; set; }

    /// <summary>What is known of the use of another account's key.</summary>
    public ForeignUse ForeignUse { get; set; }

    /// <summary>How the call exposed its key more than before, by policy or grant.</summary>
    public IReadOnlyList<Exposure> Exposures { get; set; } = [];

    /// <summary>Names of tags by which the policy of the call's key decides who may use it.</summary>
    public IReadOnlyCollection<string> DecidingTags { get; set; } = [];

    /// <summary>Access that the call took away from the application or the administrators of its key.</summary>
    public IReadOnlyList<Loss> Losses { get; set; } = [];

    /// <summary>What is known of the principal's use of the set; null when it uses none.</summary>
    public SetUse? Use { get; set; }

    /// <summary>What is known of the reading of a protected record; null when none is read, or none can be told from another.</summary>
    public Reading? Reading { get; set; }

    /// <summary>The record in summary, for alarms that rest on it: made once, when all facts are known.</summary>
    public Evidence Evidence => field ??= Evidence.Of(record, Principal, Attestation);

    /// <summary>The record's <c>requestParameters</c>; <see cref="JsonValueKind.Undefined"/> or Null when there are none.</summary>
    public JsonElement Parameters => Member(Root, "requestParameters");

    /// <summary>The record's <c>responseElements</c>.</summary>
    public JsonElement Response => Member(Root, "responseElements");

    /// <summary>The record's <c>additionalEventData</c>.</summary>
    public JsonElement AdditionalData => Member(Root, "additionalEventData");

    private JsonElement Root => _root ??= JsonElement.Parse(record.Json.Span, Options);

    /// <summary>A text among the request parameters, by its path; null when it is missing or no text.</summary>
    public string? Parameter(params ReadOnlySpan<string> path)
    {
        var element = Parameters;
        foreach (var name in path)
            element = Member(element, name);
        return Text(element);
    }

    /// <summary>
    /// All texts below an element, each with the names of the members that lead to it, such as <c>overrides.taskRoleArn</c>. A pair such as
    /// <c>{"key":"role","stringValue":"x"}</c> has its key among them.
    /// </summary>
    public static IEnumerable<(string Path, string Text)> Texts(JsonElement element, string path = "")
    {
        if ((Text(Member(element, "key")) ?? Text(Member(element, "parameterKey"))) is { } label && HasValue(element))
            path = path.Length == 0 ? label : $"{path}.{label}";

        IEnumerable<(string Name, JsonElement Value)> below = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(member => (path.Length == 0 ? NameOf(member) : $"{path}.{NameOf(member)}", member.Value)),
            JsonValueKind.Array => element.EnumerateArray().Select(item => (path, item)),
            _ => [],
        };
        return Text(element) is { Length: > 0 } text ? [(path, text)] : below.SelectMany(one => Texts(one.Value, one.Name));
    }

    private static bool HasValue(JsonElement pair) => pair.EnumerateObject().Any(member =>
        NameOf(member).EndsWith("value", StringComparison.OrdinalIgnoreCase) || NameOf(member).EndsWith("values", StringComparison.OrdinalIgnoreCase));

    /// <summary>A text; null when it is none.</summary>
    public static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half a surrogate pair, or bytes that are no UTF-8.
        }
    }

    /// <summary>A member's name; empty when it is no text.</summary>
    public static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>A member of an object, whatever <paramref name="element"/> turns out to be.</summary>
    public static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;
}
