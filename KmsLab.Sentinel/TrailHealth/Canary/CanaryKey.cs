using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>The canary's own key: finds it by its alias, and makes it where that is asked for.</summary>
internal sealed partial class CanaryKey(IAmazonKeyManagementService kms, CanaryOptions options, ILogger<CanaryKey> logger)
{
    /// <summary>The tag of a key that was made here.</summary>
    public const string Tag = "kmslab:canary";

    /// <summary>The key's ARN.</summary>
    /// <exception cref="CanaryKeyMissingException">There is no such alias.</exception>
    public async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var id = options.KeyId!;
        if (id.StartsWith("arn:", StringComparison.Ordinal))
            return id;

        if (await FindAliasAsync(id, cancellationToken) is { } found)
            return found;
        if (!options.CreateKey)
            throw new CanaryKeyMissingException($"There is no key with the alias {id}. Create one for the canary alone, or name another in Sentinel:Canary:KeyId.");

        await CreateAsync(id, cancellationToken);
        return await FindAliasAsync(id, cancellationToken) ?? throw new CanaryKeyMissingException($"The alias {id} was made and is not to be seen yet.");
    }

    /// <summary>Looks through the list: asking for an alias that isn't there would leave an error on the trail.</summary>
    private async Task<string?> FindAliasAsync(string name, CancellationToken cancellationToken)
    {
        var request = new ListAliasesRequest();
        while (true)
        {
            var page = await kms.ListAliasesAsync(request, cancellationToken);
            if (page.Aliases?.Find(alias => alias.AliasName == name && alias.TargetKeyId is not null) is { } found)
                return $"{found.AliasArn[..found.AliasArn.IndexOf(":alias/", StringComparison.Ordinal)]}:key/{found.TargetKeyId}";
            if (page.Truncated != true)
                return null;
            request.Marker = page.NextMarker;
        }
    }

    private async Task CreateAsync(string alias, CancellationToken cancellationToken)
    {
        var created = await kms.CreateKeyAsync(
            new CreateKeyRequest
            {
                Description = "KmsLab: Sentinel's canary, used by nobody else",
                KeyUsage = KeyUsageType.ENCRYPT_DECRYPT,
                Tags = [new Tag { TagKey = Tag, TagValue = "sentinel" }],
            },
            cancellationToken);
        try
        {
            await kms.CreateAliasAsync(new CreateAliasRequest { AliasName = alias, TargetKeyId = created.KeyMetadata.KeyId }, cancellationToken);
            Log.Created(logger, alias, created.KeyMetadata.Arn);
        }
        catch (AlreadyExistsException)
        {
            // Another instance was first: its key is the one, ours stays unused.
            Log.Unused(logger, created.KeyMetadata.Arn);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Created {Alias} for the canary's new key {KeyArn}")]
        public static partial void Created(ILogger logger, string alias, string keyArn);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Another instance made the canary's alias first; the key {KeyArn} stays unused")]
        public static partial void Unused(ILogger logger, string keyArn);
    }
}

/// <summary>The configuration names a canary key that is not there.</summary>
internal sealed class CanaryKeyMissingException(string message) : Exception(message);
