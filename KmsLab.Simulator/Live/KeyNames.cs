using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The ids of a plan's keys in the account: the application's, those that a run made, and those of the neighbours, which are made at the first run and stay.</summary>
internal sealed class KeyNames(LabTarget target)
{
    private readonly Dictionary<string, string> _ids = [];

    public void Add(string key, string id) => _ids[key] = id;

    /// <summary>The id of a key.</summary>
    public async Task<string> IdOfAsync(string key, IAmazonKeyManagementService kms, CancellationToken cancellationToken)
    {
        if (!_ids.TryGetValue(key, out var id))
            _ids.Add(key, id = key == World.Vault ? await FindAsync(target.KeyAlias, kms, cancellationToken) : await FindOrMakeAsync($"alias/kmslab-simulator-{key}", kms, cancellationToken));
        return id;
    }

    private static async Task<string> FindAsync(string alias, IAmazonKeyManagementService kms, CancellationToken cancellationToken) =>
        (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = alias }, cancellationToken)).KeyMetadata.Arn;

    /// <summary>Looks for the alias in the list: asking for one that isn't there would leave an error on the trail, and several of them are an alarm.</summary>
    private static async Task<string> FindOrMakeAsync(string alias, IAmazonKeyManagementService kms, CancellationToken cancellationToken)
    {
        if (await IsThereAsync(alias, kms, cancellationToken))
            return await FindAsync(alias, kms, cancellationToken);

        var made = (await kms.CreateKeyAsync(new CreateKeyRequest { Description = "A neighbour's key, made by KmsLab.Simulator", KeyUsage = KeyUsageType.ENCRYPT_DECRYPT }, cancellationToken)).KeyMetadata;
        await kms.CreateAliasAsync(new CreateAliasRequest { AliasName = alias, TargetKeyId = made.KeyId }, cancellationToken);
        return made.Arn;
    }

    private static async Task<bool> IsThereAsync(string alias, IAmazonKeyManagementService kms, CancellationToken cancellationToken)
    {
        var request = new ListAliasesRequest();
        do
        {
            var page = await kms.ListAliasesAsync(request, cancellationToken);
            if (page.Aliases?.Exists(one => one.AliasName == alias) == true)
                return true;
            request.Marker = page.NextMarker;
        }
        while (!string.IsNullOrEmpty(request.Marker));
        return false;
    }
}
