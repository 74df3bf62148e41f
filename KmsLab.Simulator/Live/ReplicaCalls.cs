using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The calls of a plan that go to a replica of a multi-Region key, and what they need: a key of the run's own in the application's set, and texts under it.</summary>
/// <remarks>A key for each run, for a replica that is to be deleted keeps its Region occupied for a week.</remarks>
internal sealed class ReplicaCalls(LabTarget target, Undo undo)
{
    private const int DeletionDays = 7;

    private readonly Dictionary<(string, string), byte[]> _texts = [];
    private string? _key;

    /// <summary>Makes the key and encrypts what will be read; then it becomes one of the application's, so that nothing of this is news.</summary>
    /// <param name="reads">The reads of the plan.</param>
    /// <param name="deployer">Who makes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PrepareAsync(IEnumerable<UseKey> reads, IAmazonKeyManagementService deployer, CancellationToken cancellationToken)
    {
        var request = new CreateKeyRequest { Description = "A multi-Region key, made by KmsLab.Simulator", KeyUsage = KeyUsageType.ENCRYPT_DECRYPT, MultiRegion = true };
        var key = _key = (await deployer.CreateKeyAsync(request, CancellationToken.None)).KeyMetadata.Arn;
        UndoKey(key, target.Region, deployer);
        foreach (var context in reads.Select(read => read.Context!.Value))
        {
            var answer = await deployer.EncryptAsync(
                new EncryptRequest { KeyId = key, Plaintext = new MemoryStream([0]), EncryptionContext = PairOf(context) }, cancellationToken);
            _texts[context] = answer.CiphertextBlob.ToArray();
        }

        var (name, value) = target.SetTag;
        await deployer.TagResourceAsync(new TagResourceRequest { KeyId = key, Tags = [new Tag { TagKey = name, TagValue = value }] }, cancellationToken);
    }

    /// <summary>Makes the replica.</summary>
    public async Task CopyAsync(CopyKey copy, AwsSessions.Session insider, AwsSessions.Session restorer, CancellationToken cancellationToken)
    {
        // To its end: a replica that was made all the same would stay.
        await insider.Kms.ReplicateKeyAsync(new ReplicateKeyRequest { KeyId = _key, ReplicaRegion = copy.Region }, CancellationToken.None);
        UndoKey(_key!.Replace($":{target.Region}:", $":{copy.Region}:", StringComparison.Ordinal), copy.Region, restorer.KmsIn(copy.Region));
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Reads through the replica.</summary>
    public Task DecryptAsync(UseKey use, IAmazonKeyManagementService replica, CancellationToken cancellationToken) => replica.DecryptAsync(
        new DecryptRequest { CiphertextBlob = new MemoryStream(_texts[use.Context!.Value]), EncryptionContext = PairOf(use.Context.Value) }, cancellationToken);

    private void UndoKey(string arn, string region, IAmazonKeyManagementService kms) => undo.Add(
        $"the new key {arn}", target.Command($"kms schedule-key-deletion --key-id {arn} --pending-window-in-days {DeletionDays}", region),
        restoring => kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = arn, PendingWindowInDays = DeletionDays }, restoring));

    private static Dictionary<string, string> PairOf((string Name, string Value) context) => new() { [context.Name] = context.Value };
}
