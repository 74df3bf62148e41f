using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Dependencies;
using KmsLab.CryptoApi.Records;
using KmsLab.ServiceDefaults.Tracing;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// Finds the configured KMS key at start, makes it first where that is asked for, and prepares the decoy record. KMS out of reach is retried for
/// <see cref="CryptoApiOptions.StartTimeout"/>; what trying again can't mend, and the end of that time, stop the service with exit code 1.
/// </summary>
internal sealed partial class KmsKeyStartup(
    KeyManagement management, DecoyStore decoys, KmsKey key, IOptions<CryptoApiOptions> options,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<KmsKeyStartup> logger) : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private string KeyId => options.Value.KmsKeyId;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                using var round = BackgroundActivity.Start("cryptoapi key lookup");
                var arn = await FindOrCreateAsync(stoppingToken);
                key.Resolve(arn, await decoys.GetOrCreateAsync(arn, stoppingToken));
                Log.Ready(logger, arn);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (UnusableKeyException unusable)
            {
                GiveUp(unusable.Message, unusable);
                return;
            }
            catch (Exception problem) when (time.GetElapsedTime(started) < options.Value.StartTimeout) // Whatever it is may pass; when it doesn't, the next one is fatal.
            {
                Log.Retrying(logger, KeyId, Why(problem));
                key.Report($"the KMS key {KeyId} can't be looked up yet");
            }
            catch (Exception problem) // The edge of the process: it ends here, saying why.
            {
                GiveUp($"CryptoApi:KmsKeyId {KeyId} can't be looked up ({Why(problem).TrimEnd('.')}). Check the endpoint, Region and credentials of section AWS.", problem);
                return;
            }

            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> FindOrCreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.Value.CreateKey && KeyId.StartsWith("alias/", StringComparison.Ordinal) && !await management.AliasExistsAsync(KeyId, cancellationToken))
                await CreateAsync(cancellationToken);
            return await FindAsync(cancellationToken);
        }
        catch (NotFoundException missing)
        {
            throw new UnusableKeyException(
                $"CryptoApi:KmsKeyId {KeyId} names no KMS key in this account and Region. Create it, name another, or in a lab set CryptoApi:CreateKey=true with an alias.", missing);
        }
        catch (AmazonServiceException invalid) when (invalid.ErrorCode is "ValidationException" or "InvalidArnException")
        {
            throw new UnusableKeyException($"CryptoApi:KmsKeyId {KeyId} is not the id, ARN or alias of a KMS key.", invalid);
        }
    }

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var found = await management.DescribeAsync(KeyId, cancellationToken);
        // What an emulator leaves out has AWS's default.
        var (usage, spec) = (found.KeyUsage ?? KeyUsageType.ENCRYPT_DECRYPT, found.KeySpec ?? KeySpec.SYMMETRIC_DEFAULT);
        if (usage != KeyUsageType.ENCRYPT_DECRYPT || spec != KeySpec.SYMMETRIC_DEFAULT)
            throw new UnusableKeyException($"CryptoApi:KmsKeyId {KeyId} is a {spec} key for {usage}: name a symmetric encryption key.");
        if (found.KeyState == KeyState.PendingDeletion)
            throw new UnusableKeyException($"CryptoApi:KmsKeyId {KeyId} is a key scheduled for deletion. Cancel that, or name another key.");
        return found.Arn;
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var created = await management.CreateAsync("KmsLab: wraps the data keys of CryptoApi's records", null, AuditLog.Service, cancellationToken);
        try
        {
            await management.AliasAsync(KeyId, created, AuditLog.Service, cancellationToken);
            Log.Created(logger, KeyId, created);
        }
        catch (AlreadyExistsException)
        {
            // Another instance was first: its key is the one, ours stays unused.
            Log.Unused(logger, created);
        }
    }

    /// <summary>What a connection that broke says of itself tells an operator more than that it broke.</summary>
    private static string Why(Exception problem) => (problem is KmsUnreachableException { InnerException: HttpRequestException or IOException } ? problem.InnerException : problem).Message;

    private void GiveUp(string message, Exception problem)
    {
        Log.GaveUp(logger, message, problem);
        key.Fail(message);
        Environment.ExitCode = 1;
        lifetime.ApplicationStarted.Register(lifetime.StopApplication); // A start that is cut off would only say that it was.
    }

    /// <summary>Configuration names a key that can't serve.</summary>
    private sealed class UnusableKeyException(string message, Exception? inner = null) : Exception(message, inner);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Data keys are wrapped under {KeyArn}")]
        public static partial void Ready(ILogger logger, string keyArn);

        [LoggerMessage(2, LogLevel.Information, "Created {Alias} for the new key {KeyArn}")]
        public static partial void Created(ILogger logger, string alias, string keyArn);

        [LoggerMessage(3, LogLevel.Warning, "Another instance made the alias first; the key {KeyArn} stays unused")]
        public static partial void Unused(ILogger logger, string keyArn);

        [LoggerMessage(4, LogLevel.Warning, "The KMS key {KeyId} can't be looked up yet, trying again: {Problem}")]
        public static partial void Retrying(ILogger logger, string keyId, string problem);

        [LoggerMessage(5, LogLevel.Critical, "{Message}")]
        public static partial void GaveUp(ILogger logger, string message, Exception problem);
    }
}
