using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>CreateAlias, UpdateAlias, DeleteAlias, ListAliases.</summary>
internal sealed class KeyAliases(KeyFinder finder, TimeProvider time)
{
    private const string Prefix = "alias/";
    private const string ReservedPrefix = "alias/aws/";

    public void AddTo(AwsService service)
    {
        service.Add("CreateAlias", OnTrail.Write, () => KmsJson.Wire.AliasTargetRequest, () => KmsJson.Wire.NoOutput, Create);
        service.Add("UpdateAlias", OnTrail.Write, () => KmsJson.Wire.AliasTargetRequest, () => KmsJson.Wire.NoOutput, Update);
        service.Add("DeleteAlias", OnTrail.Write, () => KmsJson.Wire.DeleteAliasRequest, () => KmsJson.Wire.NoOutput, Delete);
        service.Add("ListAliases", OnTrail.Read, () => KmsJson.Wire.ListAliasesRequest, () => KmsJson.Wire.ListAliasesResponse, List);
    }

    private NoOutput Create(AwsCall call, AliasTargetRequest request) => finder.Ring(call).Change(() =>
    {
        var ring = finder.Ring(call);
        var name = CheckName(request.AliasName!);
        var key = Target(call, request.TargetKeyId!);
        if (ring.Aliases.ContainsKey(name))
            throw new AwsException("AlreadyExistsException", $"An alias with the name {ring.AliasArn(name)} already exists");

        call.Touch(ring.AliasArn(name), KeyFinder.ResourceType);
        var now = time.GetUtcNow();
        ring.Save(call, new KmsAlias(name, key.Id, now, now));
        return NoOutput.Instance;
    });

    private NoOutput Update(AwsCall call, AliasTargetRequest request) => finder.Ring(call).Change(() =>
    {
        var ring = finder.Ring(call);
        var alias = Known(ring, CheckName(request.AliasName!));
        call.Touch(ring.AliasArn(alias.Name), KeyFinder.ResourceType);
        var key = Target(call, request.TargetKeyId!);
        ring.Save(call, alias with { KeyId = key.Id, Updated = time.GetUtcNow() });
        return NoOutput.Instance;
    });

    private NoOutput Delete(AwsCall call, DeleteAliasRequest request) => finder.Ring(call).Change(() =>
    {
        var ring = finder.Ring(call);
        var alias = Known(ring, CheckName(request.AliasName!));
        call.Touch(ring.AliasArn(alias.Name), KeyFinder.ResourceType);
        call.Touch(ring.KeyArn(alias.KeyId), KeyFinder.ResourceType);
        call.Authorize(ring.KeyArn(alias.KeyId));
        ring.RemoveAlias(call, alias.Name);
        return NoOutput.Instance;
    });

    private ListAliasesResponse List(AwsCall call, ListAliasesRequest request)
    {
        var ring = finder.Ring(call);
        var keyId = request.KeyId is { } name ? finder.ByIdOrArn(call, name).Id : null;
        var aliases = ring.Aliases.Values.Where(alias => keyId is null || alias.KeyId == keyId).OrderBy(alias => alias.Name, StringComparer.Ordinal).ToList();
        var (page, next) = Pages.Cut(aliases, alias => alias.Name, request, 50);
        return new() { Aliases = page.ConvertAll(alias => Entry(ring, alias)), NextMarker = next, Truncated = next is not null };
    }

    private static AliasListEntry Entry(Keyring ring, KmsAlias alias) => new()
    {
        AliasName = alias.Name,
        AliasArn = ring.AliasArn(alias.Name),
        TargetKeyId = alias.KeyId,
        CreationDate = alias.Created,
        LastUpdatedDate = alias.Updated,
    };

    private KmsKey Target(AwsCall call, string name)
    {
        if (KeyFinder.AliasName(finder.Ring(call), name) is not null)
            throw KmsErrors.Validation("Aliases must refer to keys. Not aliases");
        return finder.ChangeableNotPendingDeletion(call, name);
    }

    private static KmsAlias Known(Keyring ring, string name) =>
        ring.Aliases.TryGetValue(name, out var alias) ? alias : throw KmsErrors.AliasNotFound(ring.AliasArn(name));

    private static string CheckName(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            throw KmsErrors.Validation("Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            throw new AwsException("NotAuthorizedException", "");
        if (name.Contains(':', StringComparison.Ordinal))
            throw KmsErrors.Validation($"{name} contains invalid characters for an alias");
        return name.Length > Prefix.Length ? name : throw KmsErrors.Validation("Alias must not be empty");
    }
}
