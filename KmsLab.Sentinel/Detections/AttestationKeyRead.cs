using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody reads or changes the secret that holds the attestation's private key: with it, stolen calls look like the application's.</summary>
internal static class AttestationKeyRead
{
    private static readonly HashSet<string> Reads = new(StringComparer.Ordinal)
    {
        "GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParameterHistory", "GetParametersByPath", "Decrypt",
    };

    private static readonly HashSet<string> Changes = new(StringComparer.Ordinal)
    {
        "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "DeleteSecret", "RestoreSecret", "RotateSecret", "CancelRotateSecret", "ReplicateSecretToRegions", "PutResourcePolicy",
        "DeleteResourcePolicy", "PutParameter", "DeleteParameter", "DeleteParameters", "LabelParameterVersion",
        "PutKeyPolicy", "CreateGrant", "DisableKey", "ScheduleKeyDeletion", "ReplicateKey", "ReEncrypt",
    };

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "attestation-key-read",
        Title = "The attestation's private key was read or changed",
        Severity = Severity.Critical,
        Technique = "T1555.006",
        About = "Whoever holds the private key can sign calls as the application does, and unattested-call sees nothing. Only the execution role has to read it. Watched are the secret or "
            + "parameter itself, its policy, and the KMS key that encrypts it: policy, grants, and decryption in the secret's encryption context.",
        Why = "{principal} from {address} touched the attestation key of {set}: {detail}.",
        Tuning = "Name the secret in AttestationSecrets, its KMS key in AttestationSecretKeys, the execution role in SecretReaders. Deployers may change it, but not read it.",
        Runbook =
        [
            "Take it for known: make a new key pair, give Sentinel the new public key, store the new private key, and start the application's tasks anew.",
            "openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out attestation.pem && openssl ec -in attestation.pem -pubout -out attestation.pem.pub",
            "aws secretsmanager put-secret-value --secret-id {secret} --secret-string file://attestation.pem",
            "aws ssm put-parameter --name {parameter} --type SecureString --overwrite --value file://attestation.pem",
            "Take the old public key out of Sentinel:Attestation once the trail's lateness has passed: until then, treat attested calls as unattested.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        EventSources = ["kms.amazonaws.com", "secretsmanager.amazonaws.com", "ssm.amazonaws.com"],
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        var isRead = Reads.Contains(observation.Record.EventName);
        if (!isRead && !Changes.Contains(observation.Record.EventName) || !Attempt.Counts(observation))
            return null;

        foreach (var set in observation.Sets)
        {
            var allowed = isRead ? set.SecretReaders : [.. set.Deployers];
            if (!Principals.IsAmong(observation.Principal, allowed) && Touched(observation, set) is { } secret)
                return Of(observation, set, secret);
        }

        return null;
    }

    private static Selection Of(Observation observation, ProtectedSet set, string secret)
    {
        var kind = secret.Contains(":ssm:", StringComparison.Ordinal) ? "parameter" : secret.Contains(":secretsmanager:", StringComparison.Ordinal) ? "secret" : "key";
        var name = kind == "parameter" ? ParameterName(secret) : secret;
        return new(
            new DetectionGroup([new("set", set.Name), new(kind, name), new("principal", observation.Principal)]),
            Detail: Attempt.Describe(observation, $"{observation.Record.EventName} on {name}"));
    }

    private static string? Touched(Observation observation, ProtectedSet set) => observation.Record.EventSource switch
    {
        "secretsmanager.amazonaws.com" => set.AttestationSecrets.FirstOrDefault(secret => Attempt.RefusalNames(observation, secret) || SecretsOf(observation).Any(name => IsSecret(secret, name))),
        "ssm.amazonaws.com" => set.AttestationSecrets.FirstOrDefault(secret => Attempt.RefusalNames(observation, secret) || ParametersOf(observation).Any(name => IsParameter(secret, name))),
        "kms.amazonaws.com" => TouchedByKms(observation, set),
        _ => null,
    };

    /// <summary>
    /// Secrets Manager and SSM decrypt on the caller's behalf, with the secret's ARN as context
    /// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html); a change of the key is one for all that it encrypts.
    /// </summary>
    private static string? TouchedByKms(Observation observation, ProtectedSet set)
    {
        var context = observation.Record.Context?["SecretARN"] ?? observation.Record.Context?["PARAMETER_ARN"];
        if (observation.Record.EventName is "Decrypt" or "ReEncrypt")
        {
            return set.AttestationSecrets.FirstOrDefault(secret => secret == context)
                ?? (context is null && observation.Record.Identity.InvokedBy is null ? observation.Record.KeyArns.FirstOrDefault(set.AttestationSecretKeys.Contains) : null);
        }

        return observation.Record.KeyArns.FirstOrDefault(set.AttestationSecretKeys.Contains);
    }

    private static IEnumerable<string> SecretsOf(Observation observation) =>
        PolicyJson.Texts(Observation.Member(observation.Parameters, "secretIdList")).Append(observation.Parameter("secretId")).OfType<string>();

    private static IEnumerable<string> ParametersOf(Observation observation) =>
        PolicyJson.Texts(Observation.Member(observation.Parameters, "names")).Append(observation.Parameter("name")).Append(observation.Parameter("resourceArn")).Append(PathOf(observation)).OfType<string>();

    /// <summary>A path reads everything below it.</summary>
    private static string? PathOf(Observation observation) => observation.Parameter("path") is { } path ? path.TrimEnd('/') + "/*" : null;

    /// <summary>By ARN, by ARN without its six random characters, or by name.</summary>
    private static bool IsSecret(string arn, string named)
    {
        var withoutSuffix = arn.LastIndexOf('-') is var dash && dash == arn.Length - 7 ? arn[..dash] : arn;
        return named == arn || named == withoutSuffix || named == withoutSuffix[(withoutSuffix.LastIndexOf(':') + 1)..] || named == arn[(arn.LastIndexOf(':') + 1)..];
    }

    private static bool IsParameter(string arn, string named)
    {
        var (name, wanted) = (ParameterName(arn), named.Split(':')[0]);
        return named == arn || wanted == name || wanted == name.TrimStart('/') && !wanted.Contains('/', StringComparison.Ordinal)
            || named.EndsWith("/*", StringComparison.Ordinal) && name.StartsWith(named[..^1], StringComparison.Ordinal);
    }

    /// <summary><c>/app/key</c> for <c>arn:aws:ssm:us-east-1:111122223333:parameter/app/key</c>.</summary>
    private static string ParameterName(string arn) => arn.IndexOf(":parameter", StringComparison.Ordinal) is var at && at >= 0 ? arn[(at + ":parameter".Length)..] : arn;
}
