using KmsLab.CryptoApi.Records;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KmsLab.CryptoApi.Encryption;

/// <summary>The service's KMS key, once <see cref="KmsKeyStartup"/> has found it.</summary>
internal sealed class KmsKey
{
    private volatile Resolved? _resolved;
    private volatile string _problem = "the KMS key is being looked up";
    private volatile bool _hasFailed;

    /// <summary>The key's ARN.</summary>
    /// <exception cref="KmsKeyNotReadyException">It is not known yet.</exception>
    /// <exception cref="KmsKeyUnusableException">It never will be.</exception>
    public string Arn => Ready.Arn;

    /// <summary>The record that stands in for names that are not there.</summary>
    /// <exception cref="KmsKeyNotReadyException">It is not known yet.</exception>
    /// <exception cref="KmsKeyUnusableException">It never will be.</exception>
    public DecoyRecord Decoy => Ready.Decoy;

    /// <summary>The key's ARN and the decoy, or null while they are not known.</summary>
    public (string Arn, DecoyRecord Decoy)? Known => _resolved is { } resolved ? (resolved.Arn, resolved.Decoy) : null;

    /// <summary>Null once the key is known; until then, why it isn't.</summary>
    public string? Problem => _resolved is null ? _problem : null;

    private Resolved Ready => _resolved ?? throw (_hasFailed ? new KmsKeyUnusableException(_problem) : new KmsKeyNotReadyException(_problem));

    public void Resolve(string arn, DecoyRecord decoy) => _resolved = new(arn, decoy);

    /// <summary>Tells why the key is not known yet.</summary>
    public void Report(string problem) => _problem = problem;

    /// <summary>Tells why the key will not be known, however long one waits.</summary>
    public void Fail(string problem) => (_problem, _hasFailed) = (problem, true);

    private sealed record Resolved(string Arn, DecoyRecord Decoy);
}

/// <summary>A request came before the KMS key was known.</summary>
internal sealed class KmsKeyNotReadyException(string why) : Exception($"Not ready: {why}.");

/// <summary>The configured KMS key can't serve; only an operator can mend that.</summary>
internal sealed class KmsKeyUnusableException(string why) : Exception(why);

/// <summary>Ready when the KMS key is known.</summary>
internal sealed class KmsKeyHealthCheck(KmsKey key) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(key.Problem is { } problem ? new HealthCheckResult(context.Registration.FailureStatus, problem) : HealthCheckResult.Healthy());
}
