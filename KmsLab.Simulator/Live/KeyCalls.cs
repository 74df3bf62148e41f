using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The calls of a plan that go to KMS.</summary>
/// <remarks>
/// What changes something notes how to put it back; a plan's own restoring step is to do just that. Such a call is made to its end, whoever stops the run: one
/// that is given up may be done all the same, after it was put right, or with nobody who knows the grant's or the key's id.
/// </remarks>
internal sealed class KeyCalls(LabTarget target, KeyNames keys, Undo undo)
{
    private const string DefaultPolicy = "default";

    private const string Alias = "the key's alias";
    private const string Deletion = "the key's deletion";
    private const string Grant = "the outsider's grant";
    private const string KeyPolicy = "the key's policy";
    private const string State = "the key's state";

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
                await MakeAsync(make.Key, kms, restorer);
                break;
            case PointAlias { Key: World.Vault }:
                await undo.RestoreAsync(Alias);
                break;
            case PointAlias point:
                await PointAsync(point, kms, restorer, cancellationToken);
                break;
            case GrantKey grant:
                await GrantAsync(grant, await keys.IdOfAsync(grant.Key, restorer, cancellationToken), kms, restorer);
                break;
            case RevokeKey:
                await undo.RestoreAsync(Grant);
                break;
            case ChangePolicy { IsRestore: true }:
                await undo.RestoreAsync(KeyPolicy);
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
                NoteState(id, restorer);
                await kms.DisableKeyAsync(new DisableKeyRequest { KeyId = id }, CancellationToken.None);
                break;
            case "EnableKey":
                await undo.RestoreAsync(State);
                break;
            case "ScheduleKeyDeletion":
                // Cancelled last to first: a key comes back disabled, so it is enabled after that.
                NoteState(id, restorer);
                undo.Add(Deletion, target.Command($"kms cancel-key-deletion --key-id {id}"), restoring => KeepAsync(id, restorer, restoring));
                await kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = id, PendingWindowInDays = 7 }, CancellationToken.None);
                break;
            case "CancelKeyDeletion":
                await undo.RestoreAsync(Deletion);
                break;
            default:
                await LookAsync(on.Operation, id, kms, cancellationToken);
                break;
        }
    }

    private void NoteState(string id, IAmazonKeyManagementService restorer) => undo.Add(
        State, target.Command($"kms enable-key --key-id {id}"), restoring => restorer.EnableKeyAsync(new EnableKeyRequest { KeyId = id }, restoring));

    private static async Task KeepAsync(string id, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        try
        {
            await restorer.CancelKeyDeletionAsync(new CancelKeyDeletionRequest { KeyId = id }, cancellationToken);
        }
        catch (KMSInvalidStateException)
        {
            // Scheduling it had been refused: there is nothing to cancel.
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

    private async Task MakeAsync(string key, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer)
    {
        var id = (await kms.CreateKeyAsync(new CreateKeyRequest { Description = $"{key}, made by KmsLab.Simulator", KeyUsage = KeyUsageType.ENCRYPT_DECRYPT }, CancellationToken.None)).KeyMetadata.Arn;
        keys.Add(key, id);
        undo.Add($"the new key {id}", target.Command($"kms schedule-key-deletion --key-id {id} --pending-window-in-days 7"), restoring => restorer.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = id, PendingWindowInDays = 7 }, restoring));
    }

    private async Task PointAsync(PointAlias point, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        var (own, other) = (await keys.IdOfAsync(World.Vault, restorer, cancellationToken), await keys.IdOfAsync(point.Key, restorer, cancellationToken));
        undo.Add(
            Alias, target.Command($"kms update-alias --alias-name {target.KeyAlias} --target-key-id {own}"),
            restoring => restorer.UpdateAliasAsync(new UpdateAliasRequest { AliasName = target.KeyAlias, TargetKeyId = own }, restoring));
        await kms.UpdateAliasAsync(new UpdateAliasRequest { AliasName = target.KeyAlias, TargetKeyId = other }, CancellationToken.None);
    }

    private async Task GrantAsync(GrantKey grant, string id, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer)
    {
        var request = new CreateGrantRequest { KeyId = id, GranteePrincipal = grant.Grantee, Operations = [.. GrantKey.Operations], DryRun = grant.IsDryRun ? true : null };
        var grantId = (await kms.CreateGrantAsync(request, CancellationToken.None)).GrantId;
        undo.Add(Grant, target.Command($"kms revoke-grant --key-id {id} --grant-id {grantId}"), restoring => restorer.RevokeGrantAsync(new RevokeGrantRequest { KeyId = id, GrantId = grantId }, restoring));
    }

    private async Task OpenAsync(ChangePolicy policy, string id, IAmazonKeyManagementService kms, IAmazonKeyManagementService restorer, CancellationToken cancellationToken)
    {
        var before = (await restorer.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy }, cancellationToken)).Policy;
        undo.Add(
            KeyPolicy, target.Command($"kms put-key-policy --key-id {id} --policy-name {DefaultPolicy} --policy '{before}'"),
            restoring => restorer.PutKeyPolicyAsync(new PutKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy, Policy = before }, restoring));
        await kms.PutKeyPolicyAsync(new PutKeyPolicyRequest { KeyId = id, PolicyName = DefaultPolicy, Policy = TextOf(policy, before) }, CancellationToken.None);
    }

    private string TextOf(ChangePolicy policy, string before) => policy.Form == PolicyForm.Again
        ? before
        : KeyPolicyText.For(target.AccountId, policy.OpenTo, policy.Form, $"arn:aws:iam::{target.AccountId}:role/{target.ApplicationRole}");

    private sealed record StoredObject((string, string)? Name, Dictionary<string, string>? Context, byte[] Ciphertext);
}
