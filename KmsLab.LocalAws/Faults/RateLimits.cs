using System.Collections.Concurrent;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Faults;

/// <summary>Throttles calls as <c>LocalAws:Limits</c> says, for each account and Region by itself.</summary>
internal sealed class RateLimits(IOptions<LocalAwsOptions> options, TimeProvider time)
{
    private readonly LimitOptions _options = options.Value.Limits;
    private readonly bool _isOn = options.Value.Limits.Aws || options.Value.Limits.Rules.Count > 0;
    private readonly ConcurrentDictionary<RegionScope, Limit[]> _limits = new();

    // Which limit covers an action; null for one without.
    private readonly ConcurrentDictionary<(RegionScope, string), Limit?> _covering = new();

    /// <summary>Counts a call, and refuses it when there are too many.</summary>
    /// <param name="call">Which.</param>
    /// <param name="requestBytes">How long its body is.</param>
    /// <exception cref="AwsException">ThrottlingException; Throttling in the Query protocol.</exception>
    public void Check(AwsCall call, int requestBytes)
    {
        if (!_isOn || Covering(call) is not { } limit)
            return;
        if (limit.Bytes?.HasAny() == false || limit.RequestBytes?.HasAny() == false || limit.Requests?.TryTake() == false)
            throw new AwsException("ThrottlingException", Message(call.Service)) { QueryCode = "Throttling" };
        limit.RequestBytes?.Spend(requestBytes);
    }

    /// <summary>Counts an answer's bytes.</summary>
    public void Answered(AwsCall call, int bytes)
    {
        if (_isOn && Covering(call)?.Bytes is { } allowance)
            allowance.Spend(bytes);
    }

    private Limit? Covering(AwsCall call) => _covering.GetOrAdd((call.Scope, $"{call.Service.ActionPrefix}:{call.Operation.Name}"), static (key, self) =>
    {
        var (scope, action) = key;
        return self._limits.GetOrAdd(scope, self.Make).FirstOrDefault(limit => limit.Rule.Actions.Exists(pattern => Wildcard.Matches(pattern, action)));
    }, this);

    private Limit[] Make(RegionScope scope) => [.. _options.Rules.Concat(_options.Aws ? AwsLimits.Of(scope.Region) : []).Select(rule => new Limit(rule, time))];

    private static string Message(AwsService service) =>
        service.SigningName == "kms" ? "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls." : "Rate exceeded";

    private sealed class Limit(LimitRule rule, TimeProvider time)
    {
        public LimitRule Rule { get; } = rule;
        public TokenBucket? Requests { get; } = rule.RequestsPerSecond is { } requests ? new(requests, time) : null;
        public TokenBucket? Bytes { get; } = rule.BytesPerSecond is { } bytes ? new(bytes, time) : null;
        public TokenBucket? RequestBytes { get; } = rule.RequestBytesPerSecond is { } bytes ? new(bytes, time) : null;
    }
}
