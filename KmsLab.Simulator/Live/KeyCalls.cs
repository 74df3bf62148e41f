using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The calls of a plan that go to KMS.</summary>
/// <remarks>What changes something notes first how to put it back; a plan's own restoring step is to do just that.</remarks>
internal sealed class KeyCalls(LabTarget target, KeyNames keys, Undo undo)
{
    private const string DefaultPolicy = "default";

    /// <summary>
    /// So many objects a key has in a live run. In an account they were encrypted over months; made for this run they would be a burst of Encrypt calls under
    /// a key made minutes ago, which is what ransomware does, and no noise.
    /// </summary>
    private const int ObjectsAKey = 12;

    private readonly Dictionary<string, List<StoredObject>> _objects = [];

    /// <summary>Makes one call.</summary>
    /// <param name="act">What.</param>
    /// <param name="kms">The client of who makes it.</param>
    /// <param name="restorer">The client of who looks after the account: makes the neighbours' keys, and puts things right.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DoAsync(Act act, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        switch (act)
        {
            case UseKey use:
                await UseAsync(use, await keys.IdOfAsync(use.Key, restorer, cancellationToken), kms, cancellationToken);
                break;
            case OnKey on:
                await OnAsync(on, await keys.IdOfAsync(on.Key, restorer, cancellationToken), kms, restorer, cancellationToken);
                break;
            case ListKeys { Operation: "ListAliases" }:
                await kms.ListAliasesAsync(new ListAliasesRequest(), cancellationToken);
                break;
            case ListKeys:
                await kms.ListKeysAsync(new ListKeysRequest(), cancellationToken);
                break;
            case MakeKey make:
                await MakeAsync(make.Key, kms, restorer, cancellationToken);
                break;
            case PointAlias { Key: World.Vault }:
                await undo.RestoreAsync("alias", cancellationToken);
                break;
            case PointAlias point:
                await PointAsync(point, kms, restorer, cancellationToken);
                break;
            case GrantKey grant:
                await GrantAsync(grant, await keys.IdOfAsync(grant.Key, restorer, cancellationToken), kms, restorer, cancellationToken);
                break;
            case RevokeKey:
                await undo.RestoreAsync("grant", cancellationToken);
                break;
            case ChangePolicy { OpenTo: null }:
                await undo.RestoreAsync("policy", cancellationToken);
                break;
            case ChangePolicy policy:
                await OpenAsync(policy, await keys.IdOfAsync(policy.Key, restorer, cancellationToken), kms, restorer, cancellationToken);
                break;
            default:
                throw new NotSupportedException($"{act.GetType().Name} is no call of KMS.");
        }
    }

    private async Task UseAsync(UseKey use, string id, IAmazonKeyManagementService kms, CancellationToken cancellationToken)
    {
        var context = use.Context is var (name, value) ? new Dictionary<string, string> { [name] = value } : null;
        var dryRun = use.IsDryRun ? true : (bool?)null;
        switch (use.Operation)
        {
            case "GenerateDataKey":
                await kms.GenerateDataKeyAsync(new GenerateDataKeyRequest { KeyId = id, KeySpec = DataKeySpec.AES_256, EncryptionContext = context, DryRun = dryRun }, cancellationToken);
                break;
            case "Decrypt":
                var read = await ObjectAsync(use, id, context, kms, cancellationToken);
                await kms.DecryptAsync(new DecryptRequest { CiphertextBlob = new MemoryStream(read.Ciphertext), EncryptionContext = read.Context }, cancellationToken);
                break;
            default:
                await kms.EncryptAsync(new EncryptRequest { KeyId = id, Plaintext = new MemoryStream([0]), EncryptionContext = context, DryRun = dryRun }, cancellationToken);
                break;
        }
    }

    /// <summary>What is decrypted was encrypted once: by the same principal, just before it reads it for the first time.</summary>
    private async Task<StoredObject> ObjectAsync(UseKey use, string id, Dictionary<string, string>? context, IAmazonKeyManagementService kms, CancellationToken cancellationToken)
    {
        if (!_objects.TryGetValue(use.Key, out var objects))
            _objects.Add(use.Key, objects = []);
        if (objects.Find(stored => stored.Name == use.Context) is { } known)
            return known;
        if (objects.Count >= ObjectsAKey)
            return objects[(use.Context?.Item2.Sum(c => c) ?? 0) % ObjectsAKey];

        var answer = await kms.EncryptAsync(new EncryptRequest { KeyId = id, Plaintext = new MemoryStream([0]), EncryptionContext = context }, cancellationToken);
        objects.Add(new(use.Context, context, answer.CiphertextBlob.ToArray()));
        return objects[^1];
    }

    private async Task OnAsync(OnKey on, string id, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        switch (on.Operation)
        {
            case "DisableKey":
                undo.Add("the key's state", restoring => restorer.EnableKeyAsync(new EnableKeyRequest { KeyId = id }, restoring));
                await kms.DisableKeyAsync(new DisableKeyRequest { KeyId = id }, cancellationToken);
                break;
            case "EnableKey":
                await undo.RestoreAsync("the key's state", cancellationToken);
                break;
            case "ScheduleKeyDeletion":
                // Cancelled last to first: a key comes back disabled, so it is enabled after that.
                undo.Add("the key's state", restoring => restorer.EnableKeyAsync(new EnableKeyRequest { KeyId = id }, restoring));
                undo.Add("the key's deletion", restoring => restorer.CancelKeyDeletionAsync(new CancelKeyDeletionRequest { KeyId = id }, restoring));
                await kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = id, PendingWindowInDays = 7 }, cancellationToken);
                break;
            case "CancelKeyDeletion":
                await undo.RestoreAsync("the key's deletion", cancellationToken);
                break;
            default:
                await LookAsync(on.Operation, id, kms, cancellationToken);
                break;
        }
    }

    private static Task LookAsync(string operation, string id, IAmazonKeyManagementService kms, CancellationToken cancellationToken) => operation switch
    {
        "GetKeyPolicy" => kms.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy }, cancellationToken),
        "ListGrants" => kms.ListGrantsAsync(new ListGrantsRequest { KeyId = id }, cancellationToken),
        "ListResourceTags" => kms.ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = id }, cancellationToken),
        "GetKeyRotationStatus" => kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = id }, cancellationToken),
        _ => kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = id }, cancellationToken),
    };

    private async Task MakeAsync(string key, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        var id = (await kms.CreateKeyAsync(new CreateKeyRequest { Description = $"{key}, made by KmsLab.Simulator" }, cancellationToken)).KeyMetadata.Arn;
        keys.Add(key, id);
        undo.Add($"the new key {id}", restoring => restorer.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = id, PendingWindowInDays = 7 }, restoring));
    }

    private async Task PointAsync(PointAlias point, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        var (own, other) = (await keys.IdOfAsync(World.Vault, restorer, cancellationToken), await keys.IdOfAsync(point.Key, restorer, cancellationToken));
        undo.Add("alias", restoring => restorer.UpdateAliasAsync(new UpdateAliasRequest { AliasName = target.KeyAlias, TargetKeyId = own }, restoring));
        await kms.UpdateAliasAsync(new UpdateAliasRequest { AliasName = target.KeyAlias, TargetKeyId = other }, cancellationToken);
    }

    private async Task GrantAsync(GrantKey grant, string id, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        var request = new CreateGrantRequest { KeyId = id, GranteePrincipal = grant.Grantee, Operations = [.. GrantKey.Operations], DryRun = grant.IsDryRun ? true : null };
        var grantId = (await kms.CreateGrantAsync(request, cancellationToken)).GrantId;
        undo.Add("grant", restoring => restorer.RevokeGrantAsync(new RevokeGrantRequest { KeyId = id, GrantId = grantId }, restoring));
    }

    private async Task OpenAsync(ChangePolicy policy, string id, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        var before = (await restorer.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy }, cancellationToken)).Policy;
        undo.Add("policy", restoring => restorer.PutKeyPolicyAsync(new PutKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy, Policy = before }, restoring));
        await kms.PutKeyPolicyAsync(new PutKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy, Policy = KeyPolicyText.For(target.AccountId, policy.OpenTo) }, cancellationToken);
    }

    private sealed record StoredObject((string, string)? Name, Dictionary<string, string>? Context, byte[] Ciphertext);
}
