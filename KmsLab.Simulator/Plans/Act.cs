namespace KmsLab.Simulator.Plans;

/// <summary>One call, as a plan knows it: performers turn it into a request or into a record. Records and keys are named by number and by name.</summary>
internal abstract record Act;

/// <summary>A client reads a text through the application: one attested Decrypt on the trail.</summary>
/// <param name="Record">The record's number in the <see cref="World"/>.</param>
/// <param name="WithWrongKey">With a Key that is not the record's: KMS refuses.</param>
internal sealed record ReadText(int Record, bool WithWrongKey = false) : Act;

/// <summary>A client stores a text through the application: one attested Encrypt on the trail.</summary>
/// <param name="Record">The number of the new record.</param>
internal sealed record StoreText(int Record) : Act;

/// <summary>Stolen credentials decrypt a stolen data key past the application, under the context that stands in clear on the trail.</summary>
/// <param name="Record">The record whose data key it is.</param>
internal sealed record DecryptStolen(int Record) : Act;

/// <summary>A cryptographic operation with some key, for other purposes than the application's.</summary>
/// <param name="Operation"><c>Encrypt</c>, <c>Decrypt</c>, <c>GenerateDataKey</c>.</param>
/// <param name="Key">The key's name.</param>
/// <param name="Context">One pair of encryption context, or null.</param>
/// <param name="IsDryRun">Asks only whether it would be allowed.</param>
internal sealed record UseKey(string Operation, string Key, (string Name, string Value)? Context = null, bool IsDryRun = false) : Act
{
    /// <summary>The Region of the replica that is used; null for the key itself.</summary>
    public string? Region { get; init; }
}

/// <summary>A KMS operation on a key that takes nothing else, such as <c>DescribeKey</c>, <c>DisableKey</c>, <c>ScheduleKeyDeletion</c>.</summary>
internal sealed record OnKey(string Operation, string Key) : Act;

/// <summary><c>ListKeys</c> or <c>ListAliases</c>.</summary>
internal sealed record ListKeys(string Operation) : Act;

/// <summary><c>CreateKey</c>: from then on the key is known by its name.</summary>
internal sealed record MakeKey(string Key) : Act;

/// <summary><c>ReplicateKey</c> of a multi-Region key.</summary>
/// <param name="Key">The primary key's name.</param>
/// <param name="Region">Where the replica is made.</param>
internal sealed record CopyKey(string Key, string Region) : Act;

/// <summary>
/// <c>PutLogEvents</c> of a record over another one: with the eventID of the last call of the same attack, in the name of the step's actor, who never made it.
/// </summary>
/// <param name="Of">The operation whose record it is put over.</param>
/// <param name="As">The operation that it claims.</param>
/// <param name="Key">The key of both.</param>
internal sealed record PlantRecord(string Of, string As, string Key) : Act;

/// <summary><c>UpdateAlias</c> of the application's alias.</summary>
/// <param name="Key">Where it points to from then on.</param>
internal sealed record PointAlias(string Key) : Act;

/// <summary><c>CreateGrant</c> for somebody outside.</summary>
/// <param name="Key">The key.</param>
/// <param name="Grantee">The ARN of whom it lets in.</param>
/// <param name="IsDryRun">Asks only whether it would be allowed.</param>
internal sealed record GrantKey(string Key, string Grantee, bool IsDryRun = false) : Act
{
    /// <summary>What the grant allows.</summary>
    public static IReadOnlyList<string> Operations { get; } = ["Decrypt", "DescribeKey"];
}

/// <summary><c>RevokeGrant</c> of the grant that was made last on the key.</summary>
internal sealed record RevokeKey(string Key) : Act;

/// <summary><c>PutKeyPolicy</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="OpenTo">The account that it is opened to; null for none.</param>
/// <param name="Form">What else is in it. As it was, and opened to nobody: the policy is put back.</param>
internal sealed record ChangePolicy(string Key, string? OpenTo, PolicyForm Form = PolicyForm.AsItWas) : Act
{
    /// <summary>Tells whether it undoes what was changed before.</summary>
    public bool IsRestore => OpenTo is null && Form == PolicyForm.AsItWas;
}

/// <summary>A statement of a key policy beside the account's own.</summary>
internal enum PolicyForm
{
    /// <summary>Nothing.</summary>
    AsItWas,

    /// <summary>Nothing: the same is put once more, by somebody who changes nothing by it.</summary>
    Again,

    /// <summary>Denials that look like protection and never apply.</summary>
    Decoys,

    /// <summary>A denial that locks the application out.</summary>
    LockOut,
}

/// <summary><c>StopLogging</c>, <c>StartLogging</c>, <c>GetTrailStatus</c>, <c>DescribeTrails</c>, <c>LookupEvents</c>.</summary>
internal sealed record OnTrail(string Operation) : Act;

/// <summary><c>PutEventSelectors</c>.</summary>
internal sealed record SelectEvents(EventSelection Selection) : Act;

/// <summary>Which management events a trail logs.</summary>
internal enum EventSelection
{
    /// <summary>As it was.</summary>
    All,

    /// <summary>All but KMS's, by a basic selector.</summary>
    KmsExcluded,

    /// <summary>All but KMS's, by an advanced selector.</summary>
    KmsNotEquals,
}

/// <summary>
/// A management call of any service, as CloudTrail shows it: for files, where the lab's endpoint does not serve it or nobody can make it happen at will.
/// </summary>
/// <param name="Source">The service, such as <c>ecs.amazonaws.com</c>.</param>
/// <param name="Name">The operation.</param>
/// <param name="Parameters"><c>requestParameters</c> as JSON, or null.</param>
internal sealed record AccountCall(string Source, string Name, string? Parameters = null) : Act
{
    /// <summary><c>responseElements</c> as JSON, or null.</summary>
    public string? Response { get; init; }

    /// <summary>ARNs of KMS keys under <c>resources</c>.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The Region that it was made in; null for the account's home Region.</summary>
    public string? Region { get; init; }

    /// <summary>The error and its message, or null.</summary>
    public (string Code, string? Message)? Error { get; init; }

    /// <summary>Tells whether it only reads.</summary>
    public bool IsReadOnly { get; init; } = ReadPrefixes.Any(prefix => Name.StartsWith(prefix, StringComparison.Ordinal));

    private static readonly string[] ReadPrefixes = ["Get", "List", "Describe", "Lookup", "Decrypt", "Encrypt", "GenerateDataKey", "AssumeRole"];
}

/// <summary><c>AssumeRole</c>.</summary>
/// <param name="Role">The role's name.</param>
internal sealed record BecomeRole(string Role) : Act;

/// <summary>What KMS does by itself, such as <c>RotateKey</c>. Nobody can make that happen on demand, so live runs leave it out.</summary>
internal sealed record ServiceEvent(string Name, string Key) : Act;
