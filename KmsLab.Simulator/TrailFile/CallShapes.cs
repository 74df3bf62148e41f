using System.Globalization;
using System.Text.Json;
using KmsLab.CloudTrail.Records;
using KmsLab.CloudTrail.Writing;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>How CloudTrail writes each call of a plan. The forms are those of AWS's own examples.</summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html</remarks>
internal sealed class CallShapes(World world)
{
    private const string Kms = "kms.amazonaws.com";
    private const string Algorithm = "SYMMETRIC_DEFAULT";

    private static readonly HashSet<string> Changes = new(StringComparer.Ordinal) { "DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion" };

    private readonly Dictionary<string, string> _grants = [];
    private long _calls;

    /// <summary>The shape of one call.</summary>
    /// <param name="step">The call. Each is asked for once, in order: grants get their ids here.</param>
    public CallShape Of(Step step)
    {
        _calls++;
        return step.Act switch
        {
            ReadText { WithWrongKey: true } read => Application("Decrypt", world.WrongContextOf(read.Record, _calls)) with { Error = ("InvalidCiphertextException", null) },
            ReadText read => Application("Decrypt", world.ContextOf(read.Record)),
            StoreText store => Application("Encrypt", world.ContextOf(store.Record)),
            DecryptStolen stolen => Stolen(world.ContextOf(stolen.Record)),
            UseKey use => Use(use),
            OnKey { Operation: "ScheduleKeyDeletion" } on => Deletion(on, step.At),
            OnKey { Operation: "CancelKeyDeletion" } on => OfKey(on) with { Response = json => Object(json, ("keyId", world.KeyArn(on.Key))) },
            OnKey on => OfKey(on),
            ListKeys list => new(Kms, list.Operation, true),
            MakeKey make => Make(make, step.At),
            CopyKey copy => Copy(copy),
            PlantRecord plant => Planted(plant),
            PointAlias point => Point(point),
            GrantKey grant => Grant(grant),
            RevokeKey revoke => Revoke(revoke),
            ChangePolicy policy => Policy(policy),
            OnTrail on => OfTrail(on),
            SelectEvents select => Select(select),
            BecomeRole role => Become(role, step.At),
            AccountCall call => Raw(call),
            ServiceEvent own => new(Kms, own.Name, false) { Resources = [world.KeyArn(own.Key)], IsServiceEvent = true },
            var other => throw new NotSupportedException($"{other.GetType().Name} has no record."),
        };
    }

    /// <summary>The application names the key, and never trusts the ciphertext's own.</summary>
    private CallShape Application(string operation, EncryptionContext context)
    {
        var key = world.KeyArn(World.Vault);
        return new(Kms, operation, true) { Parameters = json => WriteCrypto(json, key, context.Pairs), Resources = [key], Context = context };
    }

    /// <summary>A Decrypt needs no key id, and thieves don't bother.</summary>
    private CallShape Stolen(EncryptionContext context) =>
        new(Kms, "Decrypt", true) { Parameters = json => WriteCrypto(json, null, context.Pairs), Resources = [world.KeyArn(World.Vault)] };

    private CallShape Use(UseKey use)
    {
        var key = use.Region is null ? world.KeyArn(use.Key) : world.ReplicaArn(use.Key);
        KeyValuePair<string, string>[] context = use.Context is var (name, value) ? [new(name, value)] : [];
        return new(Kms, use.Operation, true)
        {
            Parameters = use.Operation == "GenerateDataKey" ? json => WriteDataKey(json, key, context, use.IsDryRun) : json => WriteCrypto(json, use.Operation == "Decrypt" ? null : key, context, use.IsDryRun),
            Resources = [key],
            Region = use.Region,
            Error = DryRun(use.IsDryRun),
        };
    }

    private CallShape OfKey(OnKey on) => new(Kms, on.Operation, !Changes.Contains(on.Operation))
    {
        Parameters = json => Object(json, ("keyId", on.Operation is "DescribeKey" ? world.KeyId(on.Key) : world.KeyArn(on.Key)), ("policyName", on.Operation == "GetKeyPolicy" ? "default" : null)),
        Resources = [world.KeyArn(on.Key)],
    };

    private CallShape Deletion(OnKey on, DateTimeOffset at) => OfKey(on) with
    {
        Parameters = json => Object(json, ("keyId", world.KeyArn(on.Key)), ("pendingWindowInDays", 7)),
        Response = json => Object(
            json, ("keyId", world.KeyArn(on.Key)), ("deletionDate", RecordWriter.LongInstant(at.AddDays(7))), ("keyState", "PendingDeletion"), ("pendingWindowInDays", 7)),
    };

    private CallShape Make(MakeKey make, DateTimeOffset at) => new(Kms, "CreateKey", false)
    {
        Parameters = json => Object(
            json, ("description", ""), ("keyUsage", "ENCRYPT_DECRYPT"), ("customerMasterKeySpec", Algorithm), ("keySpec", Algorithm), ("origin", "AWS_KMS"),
            ("bypassPolicyLockoutSafetyCheck", false), ("multiRegion", false)),
        Response = json => Nested(
            json, "keyMetadata", ("aWSAccountId", world.Account), ("keyId", world.KeyId(make.Key)), ("arn", world.KeyArn(make.Key)), ("creationDate", RecordWriter.LongInstant(at)),
            ("enabled", true), ("description", ""), ("keyUsage", "ENCRYPT_DECRYPT"), ("keyState", "Enabled"), ("origin", "AWS_KMS"), ("keyManager", "CUSTOMER"),
            ("customerMasterKeySpec", Algorithm), ("keySpec", Algorithm), ("multiRegion", false)),
        Resources = [world.KeyArn(make.Key)],
    };

    private CallShape Copy(CopyKey copy) => new(Kms, "ReplicateKey", false)
    {
        Parameters = json => Object(json, ("keyId", world.KeyArn(copy.Key)), ("replicaRegion", copy.Region), ("bypassPolicyLockoutSafetyCheck", false)),
        Response = json => Nested(
            json, "replicaKeyMetadata", ("aWSAccountId", world.Account), ("keyId", world.KeyId(copy.Key)), ("arn", world.ReplicaArn(copy.Key)), ("enabled", true),
            ("keyState", "Creating"), ("keyManager", "CUSTOMER"), ("multiRegion", true)),
        Resources = [world.KeyArn(copy.Key)],
    };

    /// <summary>The record of a call that nobody made, with the eventID of one that somebody made.</summary>
    private CallShape Planted(PlantRecord plant) => OfKey(new(plant.As, plant.Key)) with { Over = plant.Of };

    private CallShape Point(PointAlias point) => new(Kms, "UpdateAlias", false)
    {
        Parameters = json => Object(json, ("aliasName", world.Alias), ("targetKeyId", world.KeyId(point.Key))),
        Resources = [world.AliasArn, world.KeyArn(point.Key)],
    };

    private CallShape Grant(GrantKey grant)
    {
        var id = _grants[grant.Key] = Convert.ToHexStringLower([.. Draws.Bytes(world.Seed, Invariant($"grant {grant.Key} {_calls}")), .. Draws.Bytes(world.Seed, Invariant($"grant' {_calls}"))]);
        return new(Kms, "CreateGrant", false)
        {
            Parameters = json => WriteGrant(json, world.KeyArn(grant.Key), grant),
            Response = grant.IsDryRun ? null : json => Object(json, ("grantId", id), ("keyId", world.KeyArn(grant.Key))),
            Resources = [world.KeyArn(grant.Key)],
            Error = DryRun(grant.IsDryRun),
        };
    }

    private CallShape Revoke(RevokeKey revoke) => new(Kms, "RevokeGrant", false)
    {
        Parameters = json => Object(json, ("keyId", world.KeyArn(revoke.Key)), ("grantId", _grants.GetValueOrDefault(revoke.Key))),
        Response = json => Object(json, ("keyId", world.KeyArn(revoke.Key))),
        Resources = [world.KeyArn(revoke.Key)],
    };

    private CallShape Policy(ChangePolicy policy) => new(Kms, "PutKeyPolicy", false)
    {
        Parameters = json => Object(
            json, ("keyId", world.KeyArn(policy.Key)), ("policyName", "default"), ("policy", KeyPolicyText.For(world.Account, policy.OpenTo, policy.Form, world.RoleArn(world.ApplicationRole))), ("bypassPolicyLockoutSafetyCheck", false)),
        Resources = [world.KeyArn(policy.Key)],
    };

    private CallShape OfTrail(OnTrail on) => new("cloudtrail.amazonaws.com", on.Operation, on.Operation is not ("StopLogging" or "StartLogging"))
    {
        Parameters = on.Operation is "StopLogging" or "StartLogging" or "GetTrailStatus" ? json => Object(json, ("name", world.TrailName)) : null,
    };

    private CallShape Select(SelectEvents select) => new("cloudtrail.amazonaws.com", "PutEventSelectors", false)
    {
        Parameters = json => SelectorText.Write(json, "trailName", world.TrailName, select.Selection),
        Response = json => SelectorText.Write(json, "trailARN", world.TrailArn, select.Selection),
    };

    private static CallShape Raw(AccountCall call) => new(call.Source, call.Name, call.IsReadOnly)
    {
        Parameters = call.Parameters is { } parameters ? json => json.WriteRawValue(parameters) : null,
        Response = call.Response is { } response ? json => json.WriteRawValue(response) : null,
        Resources = call.Keys,
        Error = call.Error,
        Region = call.Region,
    };

    private CallShape Become(BecomeRole role, DateTimeOffset at) => new("sts.amazonaws.com", "AssumeRole", true)
    {
        Parameters = json => Object(json, ("roleArn", world.RoleArn(role.Role)), ("roleSessionName", "pipeline"), ("durationSeconds", 3600)),
        Response = json => Nested(json, "credentials", ("accessKeyId", Identities.AccessKeyOf(world.Seed, role.Role, at)), ("expiration", RecordWriter.LongInstant(at.AddHours(1)))),
        Resources = [world.RoleArn(role.Role)],
        ResourceType = "AWS::IAM::Role",
    };

    private static (string, string?)? DryRun(bool isDryRun) => isDryRun ? ("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.") : null;

    private static void WriteCrypto(Utf8JsonWriter json, string? key, IReadOnlyList<KeyValuePair<string, string>> context, bool isDryRun = false)
    {
        json.WriteStartObject();
        if (key is not null)
            json.WriteString("keyId", key);
        WriteContext(json, context);
        json.WriteString("encryptionAlgorithm", Algorithm);
        if (isDryRun)
            json.WriteBoolean("dryRun", true);
        json.WriteEndObject();
    }

    private static void WriteDataKey(Utf8JsonWriter json, string key, IReadOnlyList<KeyValuePair<string, string>> context, bool isDryRun)
    {
        json.WriteStartObject();
        json.WriteString("keyId", key);
        WriteContext(json, context);
        json.WriteString("keySpec", "AES_256");
        if (isDryRun)
            json.WriteBoolean("dryRun", true);
        json.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> context)
    {
        if (context.Count == 0)
            return;

        json.WriteStartObject("encryptionContext");
        foreach (var (name, value) in context)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteGrant(Utf8JsonWriter json, string key, GrantKey grant)
    {
        json.WriteStartObject();
        json.WriteString("keyId", key);
        json.WriteString("granteePrincipal", grant.Grantee);
        json.WriteStartArray("operations");
        foreach (var operation in GrantKey.Operations)
            json.WriteStringValue(operation);
        json.WriteEndArray();
        if (grant.IsDryRun)
            json.WriteBoolean("dryRun", true);
        json.WriteEndObject();
    }

    private static void Nested(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        json.WriteStartObject();
        json.WritePropertyName(name);
        Object(json, members);
        json.WriteEndObject();
    }

    private static void Object(Utf8JsonWriter json, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            if (value is string text)
                json.WriteString(name, text);
            else if (value is int number)
                json.WriteNumber(name, number);
            else if (value is bool flag)
                json.WriteBoolean(name, flag);
        }

        json.WriteEndObject();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
