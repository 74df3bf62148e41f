using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Faults;

/// <summary>Makes calls slow or fail where the lab asks for it. An injected error stands on the trail like one of the service's own.</summary>
internal sealed class FaultInjection(IOptions<LocalAwsOptions> options, TimeProvider time)
{
    private volatile IReadOnlyList<FaultRule> _rules = [.. options.Value.Faults];

    /// <summary>The rules in force; replaced as a whole.</summary>
    public IReadOnlyList<FaultRule> Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>Waits, and refuses the call, as the first rule that covers it says.</summary>
    /// <exception cref="AwsException">The injected error.</exception>
    public ValueTask MeetAsync(AwsCall call, CancellationToken cancellationToken) =>
        _rules is { Count: > 0 } rules && Covering(rules, $"{call.Service.ActionPrefix}:{call.Operation.Name}") is { } rule
            ? new(ApplyAsync(rule, cancellationToken))
            : ValueTask.CompletedTask;

    private static FaultRule? Covering(IReadOnlyList<FaultRule> rules, string action)
    {
        foreach (var rule in rules)
        {
            if (Wildcard.Matches(rule.Action, action) && (rule.Percent >= 100 || Random.Shared.NextDouble() * 100 < rule.Percent))
                return rule;
        }

        return null;
    }

    private async Task ApplyAsync(FaultRule rule, CancellationToken cancellationToken)
    {
        if (rule.Latency > TimeSpan.Zero)
            await Task.Delay(rule.Latency, time, cancellationToken);
        if (!string.IsNullOrEmpty(rule.Error))
            throw new AwsException(rule.Error, "Injected by LocalAws:Faults.", rule.Status);
    }
}
