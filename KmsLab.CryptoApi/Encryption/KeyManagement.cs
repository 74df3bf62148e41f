using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CryptoApi.Attestation;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Dependencies;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// The KMS calls that find and make keys: at start, and under <see cref="KeyPolicy.PerRecord"/> at the first write of a name. Each has its row in the
/// audit before it is made, like the calls that use keys; none is on the hot path, so the row may cost a round trip.
/// </summary>
/// <remarks>
/// A proof is about the keys that CloudTrail's record will name, so a call can carry one only where they are known before: <c>CreateKey</c> learns its key
/// from the answer, and <c>DescribeKey</c> of an alias, too. Those two carry none, rather than one that no verifier could verify (docs/attestation.md).
/// </remarks>
internal sealed class KeyManagement(IAmazonKeyManagementService kms, KmsCalls calls, CallAttestor attestor, AuditLog audit, AuditStore rows)
{
    /// <summary>Tag that all of the application's keys carry, so that a protected set can be named by it.</summary>
    public const string SetTag = "kmslab:set";

    /// <summary>The value of <see cref="SetTag"/>.</summary>
    public const string SetName = "cryptoapi";

    /// <summary>Looks for an alias in the list: asking for one that isn't there would leave an error on the trail, which counts as one of this role.</summary>
    public async Task<bool> AliasExistsAsync(string alias, CancellationToken cancellationToken)
    {
        var request = new ListAliasesRequest();
        while (true)
        {
            var page = await CallAsync("ListAliases", AuditLog.Service, request, [], (_, token) => kms.ListAliasesAsync(request, token), cancellationToken);
            if (page.Aliases?.Exists(known => known.AliasName == alias) == true)
                return true;
            if (page.Truncated != true)
                return false;
            request = new ListAliasesRequest { Marker = page.NextMarker }; // A new one: a proof is for one call.
        }
    }

    /// <summary>Describes a key.</summary>
    /// <param name="keyId">Its id, ARN or alias.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<KeyMetadata> DescribeAsync(string keyId, CancellationToken cancellationToken)
    {
        var request = new DescribeKeyRequest { KeyId = keyId };
        string[]? named = IsKeyArn(keyId) ? [keyId] : null;
        var answer = await CallAsync("DescribeKey", AuditLog.Service, request, named, async (call, token) =>
        {
            var described = await kms.DescribeKeyAsync(request, token);
            call.Uses(described.KeyMetadata.Arn);
            return described;
        }, cancellationToken);
        return answer.KeyMetadata;
    }

    /// <summary>Creates a key of the application's set.</summary>
    /// <param name="description">What it is for.</param>
    /// <param name="tag">A tag besides the set's.</param>
    /// <param name="client">On whose behalf.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its ARN.</returns>
    public async Task<string> CreateAsync(string description, Tag? tag, string client, CancellationToken cancellationToken)
    {
        var set = new Tag { TagKey = SetTag, TagValue = SetName };
        // Named although they are AWS's defaults: not every emulator fills them in.
        var request = new CreateKeyRequest
        {
            Description = description,
            KeyUsage = KeyUsageType.ENCRYPT_DECRYPT,
            KeySpec = KeySpec.SYMMETRIC_DEFAULT,
            Tags = tag is null ? [set] : [set, tag],
        };
        var answer = await CallAsync("CreateKey", client, request, null, async (call, token) =>
        {
            var created = await kms.CreateKeyAsync(request, token);
            call.Uses(created.KeyMetadata.Arn);
            return created;
        }, cancellationToken);
        return answer.KeyMetadata.Arn;
    }

    /// <summary>Gives a key an alias.</summary>
    /// <exception cref="AlreadyExistsException">There is such an alias.</exception>
    public Task AliasAsync(string alias, string keyArn, string client, CancellationToken cancellationToken)
    {
        // AWS wants the bare id or the ARN; the record has the ARN either way.
        var request = new CreateAliasRequest { AliasName = alias, TargetKeyId = keyArn };
        return CallAsync("CreateAlias", client, request, [keyArn], (_, token) => kms.CreateAliasAsync(request, token), cancellationToken);
    }

    private async Task<T> CallAsync<T>(
        string operation, string client, AmazonWebServiceRequest request, string[]? named, Func<AuditedCall, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
        where T : AmazonWebServiceResponse
    {
        await using var call = audit.Begin(operation, client);
        call.Concerns(null, named is [{ } keyArn] ? keyArn : null);
        if (named is not null)
            attestor.Attest(request, new AttestedCall(operation, named), call);
        await rows.IntendAsync(call, cancellationToken);
        return await calls.CallAsync(operation, token => call.MakeAsync(() => send(call, token)), cancellationToken);
    }

    private static bool IsKeyArn(string keyId) => keyId.StartsWith("arn:", StringComparison.Ordinal) && keyId.Contains(":key/", StringComparison.Ordinal);
}
