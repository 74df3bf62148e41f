using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Something that is not the application uses a protected key: stolen credentials, an insider, a service on somebody's behalf.</summary>
/// <remarks>
/// However the call ended: a DryRun probes, a wrong ciphertext was still sent by somebody who might use the key, and a refusal kept him out this time; only a
/// throttled call says nothing, for KMS did not look at it. A refusal whose record names no key belongs to no set; kms-error-burst and dry-run-probing see these.
/// </remarks>
internal static class UnattestedCall
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "unattested-call",
        Title = "A protected key was used by something that is not the application",
        Severity = Severity.Critical,
        Technique = "T1078.004",
        About = "The application signs each of its KMS calls (docs/attestation.md). A cryptographic call on a protected key without that proof was made with the same "
            + "rights by something else: stolen credentials, an administrator, or an AWS service that is not on the set's list. It fires at the first call, whether it succeeded or not.",
        Why = "{principal} called {operation} on a key of {set} without the application's proof, {observed} times, last from {address}: {detail}.",
        Tuning = "Name services that may use the keys on somebody's behalf in the set's Services, and principals that may do without proof (a restore, a migration) in UnattestedPrincipals. "
            + "Needs public keys in Sentinel:Attestation. To leave out refused calls, suppress { $.errorCode = \"AccessDenied\" }.",
        Runbook =
        [
            "Is it you? A key of the lab used from the aws CLI looks just like this.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
            "Which texts were read? The encryption context in each record of the evidence names the record (r); the owner of each must know.",
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(10)),
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        if (observation is not { Attestation: AttestationVerdict.Absent, Set: { } set } || Principals.IsAmong(observation.Principal, set.UnattestedPrincipals)
            || ErrorKinds.Of(observation) == ErrorKind.Throttling)
            return null;

        var service = observation.Record.Identity.InvokedBy;
        return service is not null && set.Services.Contains(service)
            ? null
            : new(new DetectionGroup([new("set", set.Name), new("principal", observation.Principal)]), Detail: Describe(observation, service));
    }

    private static string Describe(Observation observation, string? service)
    {
        var how = observation.Record.ErrorCode switch
        {
            null => "it succeeded",
            "DryRunOperationException" => "a DryRun, which probes what is allowed",
            var error => $"it ended with {error}",
        };
        return service is null ? how : $"{how}, through {service}";
    }
}
