using System.Security.Cryptography;
using Amazon.KeyManagementService.Model;
using KmsLab.CryptoApi.Records;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>Which KMS key wraps which record's data key.</summary>
public enum KeyPolicy
{
    /// <summary>One key for all records, as in the lab.</summary>
    Shared,

    /// <summary>One key for each name, created at its first write: disabling it closes one record, and a key policy can be written for it.</summary>
    PerRecord,
}

/// <summary>Chooses the KMS key of a write, and under <see cref="KeyPolicy.PerRecord"/> creates it. Nothing here ever deletes a key.</summary>
internal sealed partial class RecordKeys(
    KeyManagement management, KmsKey shared, RecordKeyStore store, IOptions<CryptoApiOptions> options, TimeProvider time, ILogger<RecordKeys> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The ARN that <see cref="ArnForAsync"/> will give, where that is known without asking; else null.</summary>
    public string? KnownArn => options.Value.KeyPolicy == KeyPolicy.Shared ? shared.Known?.Arn : null;

    /// <summary>The ARN of the key to wrap the data key of <paramref name="name"/> under, created on behalf of <paramref name="client"/> where there is none.</summary>
    /// <exception cref="NameBusyException">Another writer has been creating the name's key for too long.</exception>
    public async Task<string> ArnForAsync(byte[] name, string client, CancellationToken cancellationToken)
    {
        if (options.Value.KeyPolicy == KeyPolicy.Shared)
            return shared.Arn;

        var owner = RandomNumberGenerator.GetBytes(16);
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < options.Value.KmsTimeout; await Task.Delay(Pause, time, cancellationToken))
        {
            var (arn, mine) = await store.FindOrReserveAsync(name, owner, cancellationToken);
            if (arn is not null)
                return arn;
            if (mine)
                return await CreateAsync(name, owner, client, cancellationToken);
        }

        throw new NameBusyException();
    }

    private async Task<string> CreateAsync(byte[] name, byte[] owner, string client, CancellationToken cancellationToken)
    {
        string? arn = null;
        try
        {
            // Neither alias nor tags may tell the name: both stand in clear on the trail.
            var id = Convert.ToHexStringLower(owner);
            var created = await management.CreateAsync(
                "KmsLab: wraps the data key of one record of CryptoApi", new Tag { TagKey = "kmslab:record-key", TagValue = id }, client, cancellationToken);
            await AliasAsync($"alias/kmslab-record/{id}", created, client, cancellationToken);
            arn = created;
            Log.Created(logger, arn);
            return arn;
        }
        finally
        {
            // Also when it failed: the next writer need not wait for a dead one.
            await store.SettleAsync(name, owner, arn, CancellationToken.None);
        }
    }

    private async Task AliasAsync(string alias, string keyArn, string client, CancellationToken cancellationToken)
    {
        try
        {
            await management.AliasAsync(alias, keyArn, client, cancellationToken);
        }
        catch (AlreadyExistsException)
        {
            // Its name is random and ours: the SDK has tried again after an answer that was lost.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "Created {KeyArn} for a new name")]
        public static partial void Created(ILogger logger, string keyArn);
    }
}

/// <summary>Another writer is creating the name's KMS key.</summary>
internal sealed class NameBusyException() : Exception("Another write of the same name is under way.");
