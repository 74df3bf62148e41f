using System.Text.RegularExpressions;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>Finds the key that a call names: by id, key ARN, alias name or alias ARN.</summary>
internal sealed partial class KeyFinder(KmsState state, AwsManagedKeys managed)
{
    public const string ResourceType = "AWS::KMS::Key";

    public Keyring Ring(AwsCall call) => state.Ring(call.Scope);

    /// <summary>The keys of the caller's account in another Region.</summary>
    public Keyring Ring(AwsCall call, string region) => state.Ring(new(call.Account, region));

    /// <summary>A key with those that share its id in other Regions, the primary first.</summary>
    public List<KmsKey> Related(KmsKey key) => state.Related(key);

    /// <summary>A multi-Region key's primary; any other key itself.</summary>
    public KmsKey Primary(KmsKey key) => key.IsReplica ? state.Related(key)[0] : key;

    /// <summary>A key named in any form; the crypto operations and DescribeKey take aliases.</summary>
    /// <exception cref="AwsException">There is none, or the caller is denied it.</exception>
    public KmsKey ByAnyName(AwsCall call, string name)
    {
        var ring = Ring(call);
        return Admit(call, AliasName(ring, name) is { } alias ? ByAlias(call, ring, alias) : ById(ring, KeyIdOf(ring, name)));
    }

    /// <summary>A key named by id or ARN, for operations that take no alias.</summary>
    public KmsKey ByIdOrArn(AwsCall call, string name)
    {
        var ring = Ring(call);
        return Admit(call, ById(ring, KeyIdOf(ring, name)));
    }

    /// <summary>A key that the customer may change: not one of AWS's own.</summary>
    public KmsKey Changeable(AwsCall call, string name)
    {
        var key = ByIdOrArn(call, name);
        return key.IsAwsManaged
            ? throw new AwsException("AccessDeniedException", $"User: {call.Caller.Arn} is not authorized to perform: kms:{call.Operation.Name} on resource: {key.Arn} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access")
            : key;
    }

    /// <summary>The same, and it may not be on its way out.</summary>
    public KmsKey ChangeableNotPendingDeletion(AwsCall call, string name)
    {
        var key = Changeable(call, name);
        return key.IsPendingDeletion ? throw KmsErrors.PendingDeletion(key.Arn) : key;
    }

    /// <summary>A key fit to encrypt and decrypt with.</summary>
    public KmsKey Usable(AwsCall call, string name) => MustBeUsable(ByAnyName(call, name));

    /// <summary>The key that a ciphertext names, whatever its state; null when it is not in this Region.</summary>
    public KmsKey? OfCiphertext(AwsCall call, ReadOnlySpan<byte> blob) =>
        CiphertextBlob.KeyId(blob) is { } id ? Ring(call).Keys.GetValueOrDefault(id) : throw KmsErrors.InvalidCiphertext();

    public static KmsKey MustBeUsable(KmsKey key) =>
        key.IsPendingDeletion ? throw KmsErrors.PendingDeletion(key.Arn)
        : key.Enabled ? key
        : throw KmsErrors.Disabled(key.Arn);

    /// <summary>Puts the key on the call's record, and asks whether the caller may.</summary>
    public static KmsKey Admit(AwsCall call, KmsKey key)
    {
        call.Touch(key.Arn, ResourceType);
        call.Authorize(key.Arn);
        return key;
    }

    /// <summary>The alias that a name spells, with its prefix; null when it is no alias.</summary>
    public static string? AliasName(Keyring ring, string name)
    {
        if (name.StartsWith("alias/", StringComparison.Ordinal))
            return name;
        return name.StartsWith("arn:", StringComparison.Ordinal) && Resource(ring, name) is { } resource && resource.StartsWith("alias/", StringComparison.Ordinal)
            ? resource
            : null;
    }

    private KmsKey ByAlias(AwsCall call, Keyring ring, string alias)
    {
        if (ring.Aliases.TryGetValue(alias, out var known))
            return ById(ring, known.KeyId);
        return managed.Find(call, ring, alias) ?? throw KmsErrors.AliasNotFound(ring.AliasArn(alias));
    }

    private static KmsKey ById(Keyring ring, string id) =>
        ring.Keys.TryGetValue(id, out var key) ? key
        : KeyIdForm.IsMatch(id) ? throw KmsErrors.KeyNotFound(ring.KeyArn(id))
        : throw KmsErrors.InvalidKeyId(id);

    private static string KeyIdOf(Keyring ring, string name)
    {
        if (!name.StartsWith("arn:", StringComparison.Ordinal))
            return name;
        var resource = Resource(ring, name);
        return resource.StartsWith("key/", StringComparison.Ordinal) ? resource[4..] : throw KmsErrors.InvalidKeyId(name);
    }

    // arn:aws:kms:region:account:key/id
    private static string Resource(Keyring ring, string arn)
    {
        var parts = arn.Split(':', 6);
        if (parts is not ["arn", { Length: > 0 }, "kms", { Length: > 0 } region, { Length: > 0 } account, { } resource]
            || !(resource.StartsWith("key/", StringComparison.Ordinal) || resource.StartsWith("alias/", StringComparison.Ordinal)))
            throw KmsErrors.InvalidArn(arn);
        if (region != ring.Scope.Region)
            throw KmsErrors.OtherRegion(region);
        if (account != ring.Scope.Account)
            throw new AwsException("NotFoundException", resource.StartsWith("key/", StringComparison.Ordinal) ? $"Key '{arn}' does not exist" : $"Alias {arn} is not found.");
        return resource;
    }

    [GeneratedRegex(@"\A([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeyIdForm { get; }
}
