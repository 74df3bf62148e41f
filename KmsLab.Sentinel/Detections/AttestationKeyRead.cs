using System.Text.Json;
using KmsLab.Sentinel.Detections.Trust;
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
        "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "DeleteSecret", "RestoreSecret", "RotateSecret", "CancelRotateSecret", "ReplicateSecretToRegions",
        "RemoveRegionsFromReplication", "StopReplicationToReplica", "PutResourcePolicy", "DeleteResourcePolicy", "PutParameter", "DeleteParameter", "DeleteParameters", "LabelParameterVersion", "RegisterTaskDefinition",
        "PutKeyPolicy", "CreateGrant", "DisableKey", "ScheduleKeyDeletion", "ReplicateKey", "ReEncrypt",
    };

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "attestation-key-read",
        Title = "The attestation's private key was read or changed",
        Severity = Severity.Critical,
        Technique = "T1555.006",
        About = "Whoever holds the private key can sign calls as the application does, and unattested-call sees nothing. Only the execution role has to read it. Watched are the secret or "
            + "parameter itself and its replicas, its policy, task definitions that take it in, and the KMS key that encrypts it: policy, grants, and decryption in the secret's encryption "
            + "context. A reader counts, too, when it reads from outside the set's addresses and endpoints.",
        Why = "{principal} from {address} touched the attestation key of {set}: {detail}.",
        Tuning = "Name the secret in AttestationSecrets, its KMS key in AttestationSecretKeys, the execution role in SecretReaders. Deployers may change it, but not read it: "
            + "a terraform plan reads each aws_secretsmanager_secret_version that it manages. Keep the value out of it (a write-only argument), or name its role in SecretReaders. A rotation's function "
            + "reads and changes: name its role in both. The same policy put again is quiet.",
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
        EventSources = ["kms.amazonaws.com", "secretsmanager.amazonaws.com", "ssm.amazonaws.com", "ecs.amazonaws.com"],
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        var isRead = Reads.Contains(observation.Record.EventName);
        if (!isRead && !Changes.Contains(observation.Record.EventName) || observation.IsUnchanged || !Attempt.Counts(observation))
            return null;

        foreach (var set in observation.Sets)
        {
            var isAllowed = Principals.IsAmong(observation.Principal, isRead ? set.SecretReaders : set.Deployers);
            var outside = isAllowed && isRead && observation.Record.EventSource != "kms.amazonaws.com" ? Places.Outside(observation, set) : null;
            if ((!isAllowed || outside is not null) && Touched(observation, set) is { } secret)
                return Of(observation, set, secret, outside);
        }

        return null;
    }

    private static Selection Of(Observation observation, ProtectedSet set, string secret, string? outside)
    {
        var kind = secret.Contains(":ssm:", StringComparison.Ordinal) ? "parameter" : secret.Contains(":secretsmanager:", StringComparison.Ordinal) ? "secret" : "key";
        var name = kind == "parameter" ? ParameterName(secret) : secret;
        return new(
            new DetectionGroup([new("set", set.Name), new(kind, name), new("principal", observation.Principal)]),
            Detail: Attempt.Describe(observation, $"{observation.Record.EventName} on {name}{(outside is null ? "" : $", from outside its addresses: {outside}")}"));
    }

    private static string? Touched(Observation observation, ProtectedSet set) => observation.Record.EventSource switch
    {
        "secretsmanager.amazonaws.com" => set.AttestationSecrets.FirstOrDefault(secret => IsRefused(observation, secret) || SecretsOf(observation).Any(name => IsSecret(secret, name))),
        "ssm.amazonaws.com" => set.AttestationSecrets.FirstOrDefault(secret => Attempt.RefusalNames(observation, secret) || ParametersOf(observation).Any(name => IsParameter(secret, name))),
        "kms.amazonaws.com" => TouchedByKms(observation, set),
        "ecs.amazonaws.com" => set.AttestationSecrets.FirstOrDefault(secret => IsInjected(observation, secret)),
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
            return set.AttestationSecrets.FirstOrDefault(secret => context is not null && Place(secret) == Place(context))
                ?? (context is null && observation.Record.Identity.InvokedBy is null ? observation.Record.KeyArns.FirstOrDefault(set.AttestationSecretKeys.Contains) : null);
        }

        return observation.Record.KeyArns.FirstOrDefault(set.AttestationSecretKeys.Contains);
    }

    /// <summary>By id; a batch may filter instead.</summary>
    private static IEnumerable<string> SecretsOf(Observation observation) => PolicyJson.Texts(Observation.Member(observation.Parameters, "secretIdList"))
        .Concat(Filtered([.. PolicyJson.Each(Observation.Member(observation.Parameters, "filters"))]))
        .Append(observation.Parameter("secretId")).Append(observation.Parameter("arn")).OfType<string>();

    /// <summary>
    /// Names begin as a filter by name says; one by tags, description or owner says nothing of the name, so it may be about any secret. A value that begins with
    /// <c>!</c> says what is left out.
    /// </summary>
    private static IEnumerable<string> Filtered(IReadOnlyList<JsonElement> filters)
    {
        if (filters.Count == 0)
            return [];

        var byName = filters.Where(filter => Observation.Text(Observation.Member(filter, "key")) == "name").SelectMany(filter => PolicyJson.Texts(Observation.Member(filter, "values")))
            .Where(value => !value.StartsWith('!')).ToList();
        return byName.Count == 0 ? ["*"] : byName.Select(value => value + "*");
    }

    /// <summary>A task whose definition names the secret gets its value: <c>containerDefinitions[].secrets[].valueFrom</c>, or a registry's or a log driver's credentials.</summary>
    private static bool IsInjected(Observation observation, string secret) => PolicyJson.Each(Observation.Member(observation.Parameters, "containerDefinitions"))
        .SelectMany(container => PolicyJson.Each(Observation.Member(container, "secrets"))
            .Concat(PolicyJson.Each(Observation.Member(Observation.Member(container, "logConfiguration"), "secretOptions"))).Select(item => Observation.Member(item, "valueFrom"))
            .Append(Observation.Member(Observation.Member(container, "repositoryCredentials"), "credentialsParameter")))
        .Select(Observation.Text).OfType<string>()
        .Any(named => secret.Contains(":ssm:", StringComparison.Ordinal) ? IsParameter(secret, named) : IsSecret(secret, string.Join(':', named.Split(':').Take(7))));

    private static bool IsRefused(Observation observation, string secret) => Attempt.RefusalNames(observation, secret)
        || (Attempt.RefusedName(observation, ":secretsmanager:", ["secret"]) ?? NameIn(observation)) is { } named && IsSecret(secret, named);

    /// <summary>A caller who gives a name finds it in the refusal as it is.</summary>
    private static string? NameIn(Observation observation) => observation.Record.EventSource == "secretsmanager.amazonaws.com" ? Attempt.RefusedResource(observation) : null;

    /// <summary>An ARN without its Region: a secret's replicas have the same name and suffix, and the same value.</summary>
    private static string Place(string arn) => arn.Split(':', 6) is [var scheme, var partition, var service, _, var account, var resource] ? $"{scheme}:{partition}:{service}::{account}:{resource}" : arn;

    private static IEnumerable<string> ParametersOf(Observation observation) =>
        PolicyJson.Texts(Observation.Member(observation.Parameters, "names")).Append(observation.Parameter("name")).Append(observation.Parameter("resourceArn")).Append(PathOf(observation)).OfType<string>();

    /// <summary>A path reads everything below it.</summary>
    private static string? PathOf(Observation observation) => observation.Parameter("path") is { } path ? path.TrimEnd('/') + "/*" : null;

    /// <summary>By ARN, by ARN without its six random characters, or by name, in whatever Region; a name that ends in <c>*</c> begins so.</summary>
    private static bool IsSecret(string arn, string named)
    {
        if (named.EndsWith('*') && NameOf(arn).StartsWith(named[..^1], StringComparison.OrdinalIgnoreCase))
            return true;

        var (full, wanted) = (Place(arn), Place(named));
        var withoutSuffix = full.LastIndexOf('-') is var dash && dash == full.Length - 7 ? full[..dash] : full;
        return wanted == full || wanted == withoutSuffix || wanted == NameOf(withoutSuffix) || wanted == NameOf(full);
    }

    private static string NameOf(string arn) => arn[(arn.LastIndexOf(':') + 1)..];

    private static bool IsParameter(string arn, string named)
    {
        var (name, wanted) = (ParameterName(arn), named.Split(':')[0]);
        return named == arn || wanted == name || wanted == name.TrimStart('/') && !wanted.Contains('/', StringComparison.Ordinal)
            || named.EndsWith("/*", StringComparison.Ordinal) && name.StartsWith(named[..^1], StringComparison.Ordinal);
    }

    /// <summary><c>/app/key</c> for <c>arn:aws:ssm:us-east-1:111122223333:parameter/app/key</c>.</summary>
    private static string ParameterName(string arn) => arn.IndexOf(":parameter", StringComparison.Ordinal) is var at && at >= 0 ? arn[(at + ":parameter".Length)..] : arn;
}
