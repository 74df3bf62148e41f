using System.Security.Cryptography;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>CreateGrant, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant: kept, not enforced.</summary>
internal sealed class KeyGrants(KeyFinder finder, TimeProvider time)
{
    // What a grant on a symmetric encryption key may allow.
    private static readonly HashSet<string> SymmetricOperations =
    [
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
        "ReEncryptFrom", "ReEncryptTo", "CreateGrant", "RetireGrant", "DescribeKey",
    ];

    public void AddTo(AwsService service)
    {
        service.Add("CreateGrant", OnTrail.WriteWithResponse, () => KmsJson.Wire.CreateGrantRequest, () => KmsJson.Wire.CreateGrantResponse, Create);
        service.Add("ListGrants", OnTrail.Read, () => KmsJson.Wire.ListGrantsRequest, () => KmsJson.Wire.ListGrantsResponse, List);
        service.Add("ListRetirableGrants", OnTrail.Read, () => KmsJson.Wire.ListRetirableGrantsRequest, () => KmsJson.Wire.ListGrantsResponse, ListRetirable);
        service.Add("RetireGrant", OnTrail.Write with { RequestParameters = false }, () => KmsJson.Wire.RetireGrantRequest, () => KmsJson.Wire.NoOutput, Retire);
        service.Add("RevokeGrant", OnTrail.Write, () => KmsJson.Wire.RevokeGrantRequest, () => KmsJson.Wire.NoOutput, Revoke);
    }

    private CreateGrantResponse Create(AwsCall call, CreateGrantRequest request) => finder.Ring(call).Change(() =>
    {
        GrantTokens.Check(request.GrantTokens);
        CheckPrincipal(request.GranteePrincipal!);
        if (request.RetiringPrincipal is { } retiring)
            CheckPrincipal(retiring);
        var ring = finder.Ring(call);
        var key = KeyFinder.MustBeUsable(finder.ByIdOrArn(call, request.KeyId!));
        if (request.Operations!.Count == 0 || request.Operations.Find(operation => !SymmetricOperations.Contains(operation)) is not null)
            throw KmsErrors.Validation("Grant operations must be non-empty and be valid for a key with key usage ENCRYPT_DECRYPT and key spec SYMMETRIC_DEFAULT.");
        if (request.DryRun == true)
            throw KmsErrors.DryRun();

        // The same grant asked for twice under a name is the same grant, with a token each time.
        var grant = ring.Grants.Values.FirstOrDefault(known => known.KeyId == key.Id && request.Name is not null && IsSame(known, request));
        if (grant is null)
            ring.Save(call, grant = New(call, key, request));
        return new CreateGrantResponse { GrantId = grant.Id, GrantToken = GrantTokens.Of(grant.Id) };
    });

    private KmsGrant New(AwsCall call, KmsKey key, CreateGrantRequest request) => new()
    {
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        KeyId = key.Id,
        Name = request.Name,
        Created = time.GetUtcNow(),
        GranteePrincipal = request.GranteePrincipal!,
        RetiringPrincipal = request.RetiringPrincipal,
        IssuingAccount = call.Scope.IamArn("root"),
        Operations = request.Operations!,
        Constraints = request.Constraints,
    };

    private static bool IsSame(KmsGrant grant, CreateGrantRequest request) =>
        grant.Name == request.Name
        && grant.GranteePrincipal == request.GranteePrincipal
        && grant.RetiringPrincipal == request.RetiringPrincipal
        && grant.Operations.ToHashSet().SetEquals(request.Operations!)
        && IsSame(grant.Constraints?.EncryptionContextEquals, request.Constraints?.EncryptionContextEquals)
        && IsSame(grant.Constraints?.EncryptionContextSubset, request.Constraints?.EncryptionContextSubset);

    private static bool IsSame(Dictionary<string, string>? a, Dictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0) && (a is null || b is null || a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value));

    private ListGrantsResponse List(AwsCall call, ListGrantsRequest request)
    {
        var ring = finder.Ring(call);
        var key = finder.ByIdOrArn(call, request.KeyId!);
        if (request.GrantId is { } id && !ring.Grants.ContainsKey(id))
            throw InvalidGrantId();

        return Page(ring, request, grant =>
            grant.KeyId == key.Id
            && (request.GrantId is null || grant.Id == request.GrantId)
            && (request.GranteePrincipal is null || grant.GranteePrincipal == request.GranteePrincipal));
    }

    private ListGrantsResponse ListRetirable(AwsCall call, ListRetirableGrantsRequest request)
    {
        CheckPrincipal(request.RetiringPrincipal!);
        return Page(finder.Ring(call), request, grant => grant.RetiringPrincipal == request.RetiringPrincipal);
    }

    // Services get grants under their own names, everybody else by ARN.
    private static void CheckPrincipal(string principal)
    {
        var isArn = principal.Split(':') is ["arn", _, "iam" or "sts", "", { Length: 12 }, { Length: > 0 }, ..];
        if (!isArn && !principal.EndsWith(".amazonaws.com", StringComparison.Ordinal))
            throw new AwsException("InvalidArnException", "ARN does not refer to a valid principal.");
    }

    private static ListGrantsResponse Page(Keyring ring, ListRequest request, Func<KmsGrant, bool> wanted)
    {
        var grants = ring.Grants.Values.Where(wanted).OrderBy(grant => grant.Id, StringComparer.Ordinal).ToList();
        var (page, next) = Pages.Cut(grants, grant => grant.Id, request, 50);
        return new() { Grants = page.ConvertAll(grant => Entry(ring, grant)), NextMarker = next, Truncated = next is not null };
    }

    private static GrantListEntry Entry(Keyring ring, KmsGrant grant) => new()
    {
        KeyId = ring.KeyArn(grant.KeyId),
        GrantId = grant.Id,
        Name = grant.Name ?? "",
        CreationDate = grant.Created,
        GranteePrincipal = grant.GranteePrincipal,
        RetiringPrincipal = grant.RetiringPrincipal,
        IssuingAccount = grant.IssuingAccount,
        Operations = grant.Operations,
        Constraints = grant.Constraints,
    };

    private NoOutput Retire(AwsCall call, RetireGrantRequest request) => finder.Ring(call).Change(() =>
    {
        var ring = finder.Ring(call);
        var id = request switch
        {
            { GrantToken: { } token, KeyId: null, GrantId: null } => GrantTokens.GrantId(token) ?? throw new AwsException("InvalidGrantTokenException", "The grant token is not valid."),
            { GrantToken: null, KeyId: not null, GrantId: { } given } => given,
            _ => throw KmsErrors.Validation("You must specify either the grant token or the key ARN and grant ID."),
        };
        var grant = Known(ring, id);
        if (request.KeyId is { } name && finder.ByIdOrArn(call, name).Id != grant.KeyId)
            throw GrantNotFound(id);
        if (request.KeyId is null)
            finder.ByIdOrArn(call, grant.KeyId);
        if (request.DryRun == true)
            throw KmsErrors.DryRun();

        call.AdditionalEventData = new() { ["grantId"] = grant.Id };
        ring.RemoveGrant(call, grant.Id);
        return NoOutput.Instance;
    });

    private NoOutput Revoke(AwsCall call, RevokeGrantRequest request) => finder.Ring(call).Change(() =>
    {
        var ring = finder.Ring(call);
        var key = finder.ByIdOrArn(call, request.KeyId!);
        var grant = Known(ring, request.GrantId!);
        if (grant.KeyId != key.Id)
            throw GrantNotFound(request.GrantId!);
        if (request.DryRun == true)
            throw KmsErrors.DryRun();

        ring.RemoveGrant(call, grant.Id);
        return NoOutput.Instance;
    });

    private static KmsGrant Known(Keyring ring, string id) => ring.Grants.TryGetValue(id, out var grant) ? grant : throw GrantNotFound(id);

    private static AwsException GrantNotFound(string id) => new("NotFoundException", $"Grant ID {id} not found");

    private static AwsException InvalidGrantId() => new("InvalidGrantIdException", "The grant ID is not valid.");
}
