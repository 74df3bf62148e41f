using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Detections.Trust;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>
/// Names that records teach: which task definitions run with a protected role (RunTask names only the definition), which key an alias pointed to
/// (UpdateAlias names only the new one), which keys were made lately, and what stands behind the names of policies, instance profiles and images.
/// </summary>
internal sealed partial class LearnedNames(ProtectedSets sets, ProtectedKeys protectedKeys, AuditResources audit) : ITurnPart
{
    /// <summary>How long a key is new.</summary>
    public static readonly TimeSpan NewFor = TimeSpan.FromHours(24);

    private const string Family = "task-family";
    private const string OwnFamily = "sentinel-family";
    private const string OwnSettings = "sentinel-settings";
    private const string Service = "service";
    private const string Alias = "alias";
    private const string Key = "new-key";
    private const string Bucket = "new-bucket";
    private const string AccessPoint = "access-point";
    private const int Limit = 100_000;

    /// <summary>All kinds of names that are kept here: the table holds others' too.</summary>
    private static readonly string[] Kinds = [Family, OwnFamily, OwnSettings, Service, Alias, Key, Bucket, AccessPoint, Holders, Profile, Instance, Provider, Image, Document];

    private readonly Dictionary<(string Kind, string Name), (string Value, DateTimeOffset At)> _names = [];
    private readonly HashSet<(string Kind, string Name)> _changed = [];

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Kind, string Name, string Value, long At)>(
            new CommandDefinition($"SELECT kind, name, value, at FROM learned_name WHERE kind IN ('{string.Join("', '", Kinds)}')", cancellationToken: cancellationToken));
        foreach (var (kind, name, value, at) in rows)
            _names[(kind, name)] = (value, DateTimeOffset.FromUnixTimeMilliseconds(at));
    }

    public void Study(Observation observation)
    {
        LearnInstance(observation);
        switch (observation.Record.EventSource)
        {
            case "ecs.amazonaws.com":
                StudyTasks(observation);
                break;
            case "kms.amazonaws.com":
                StudyAliases(observation);
                StudyKeys(observation);
                break;
            case "iam.amazonaws.com":
                StudyIdentities(observation);
                break;
            case "ecr.amazonaws.com":
                StudyImages(observation);
                break;
            case "ec2.amazonaws.com" or "autoscaling.amazonaws.com":
                StudyProfiles(observation);
                StudyInstances(observation);
                break;
            case "ssm.amazonaws.com" or "ssm-guiconnect.amazonaws.com" or "ec2-instance-connect.amazonaws.com":
                StudyInstances(observation);
                break;
            case "s3.amazonaws.com":
                StudyBuckets(observation);
                break;
            case "rolesanywhere.amazonaws.com":
                observation.FederatedRole = Find(Provider, $"{AccountOf(observation.Record)}:{RolesAnywhere}");
                break;
            case "sts.amazonaws.com":
                LearnProvider(observation);
                break;
            case "events.amazonaws.com" or "scheduler.amazonaws.com" or "states.amazonaws.com" or "pipes.amazonaws.com":
                observation.TaskSet = Observation.Texts(observation.Parameters)
                    .Where(one => one.Path.Contains("taskDefinition", StringComparison.OrdinalIgnoreCase)).Select(one => SetOf(observation.Record, FamilyOf(one.Text))).FirstOrDefault(set => set is not null);
                break;
        }

        StudyDocuments(observation);
    }

    /// <summary>Keys and buckets that are new no longer are forgotten.</summary>
    public void Advance(TurnMoment moment)
    {
        if (moment.Watermark.Known - NewFor is not { } floor)
            return;

        foreach (var (name, (_, at)) in _names)
        {
            if (name.Kind is Key or Bucket && at < floor && _names.Remove(name))
                _changed.Add(name);
        }
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "learned_name (kind, name, value, at)", "ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value, at = excluded.at",
            _changed.Where(_names.ContainsKey).Select(name => new object[] { name.Kind, name.Name, _names[name].Value, _names[name].At.ToUnixTimeMilliseconds() }), cancellationToken);
        foreach (var (kind, name) in _changed.Where(name => !_names.ContainsKey(name)))
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM learned_name WHERE kind = @kind AND name = @name", new { kind, name }, transaction, cancellationToken: cancellationToken));
        }

        _changed.Clear();
    }

    private void StudyTasks(Observation observation)
    {
        if (observation.Record.EventName == "RegisterTaskDefinition" && observation.Succeeded && observation.Parameter("family") is { } registered
            && sets.All.FirstOrDefault(set => set.Roles.Contains(observation.Parameter("taskRoleArn")) || set.Roles.Contains(observation.Parameter("executionRoleArn"))) is { } set)
        {
            Put(Family, $"{AccountOf(observation.Record)}:{registered}", set.Name, observation.Record.EventTime);
        }

        StudyService(observation);
        var named = observation.Parameter("taskDefinition") ?? observation.Parameter("family") ?? Attempt.RefusedName(observation, ":ecs:", ["task-definition"]);
        if (named is null)
            return;

        var family = FamilyOf(named);
        if (observation is { Succeeded: true, Record.EventName: "RegisterTaskDefinition" } && observation.Parameter("taskRoleArn") is { } own && audit.IsRoleArn(own))
            Put(OwnFamily, $"{AccountOf(observation.Record)}:{family}", "", observation.Record.EventTime);
        observation.RunsSentinel = audit.IsTaskFamily(family) || Find(OwnFamily, $"{AccountOf(observation.Record)}:{family}") is not null;
        StudySettings(observation, family);
        observation.TaskSet = SetOf(observation.Record, family);
        if (observation is { Succeeded: true, TaskSet: { } served, Record.EventName: "CreateService" or "UpdateService" or "CreateTaskSet" } && ServiceName(observation) is { } service)
            Put(Service, service, served.Name, observation.Record.EventTime);
        if (observation.Record.EventName == "RegisterTaskDefinition" && observation is { Succeeded: true, TaskSet: { } running })
            LearnImages(observation, running);
    }

    /// <summary>Learns what a new task definition of Sentinel's takes away, beside the one before.</summary>
    private void StudySettings(Observation observation, string family)
    {
        if (!observation.RunsSentinel || observation.Record.EventName != "RegisterTaskDefinition")
            return;

        var name = $"{AccountOf(observation.Record)}:{family}";
        var settings = SentinelSettings.Of(observation.Parameters);
        var before = Find(OwnSettings, name) is { } kept ? JsonSerializer.Deserialize(kept, KnowledgeJson.Default.IReadOnlyDictionaryStringStringArray) : null;
        observation.SentinelLoss = SentinelSettings.Weakened(settings, before);
        if (observation.Succeeded && (!_names.TryGetValue((OwnSettings, name), out var known) || known.At <= observation.Record.EventTime))
            Put(OwnSettings, name, JsonSerializer.Serialize(settings, KnowledgeJson.Default.IReadOnlyDictionaryStringStringArray), observation.Record.EventTime);
    }

    /// <summary>
    /// Learns the set whose tasks a service ran before the call; a stranger's change of it comes with another task definition.
    /// </summary>
    private void StudyService(Observation observation)
    {
        if (ServiceName(observation) is { } service && Find(Service, service) is { } name)
            observation.ServiceSet = sets.All.FirstOrDefault(set => set.Name == name);
    }

    private static string? ServiceName(Observation observation) => TaskRuns.ServiceOf(observation) is { } service
        ? $"{AccountOf(observation.Record)}:{observation.Record.Region}:{TaskRuns.ClusterOf(observation)}/{service}"
        : null;

    private ProtectedSet? SetOf(CloudTrailRecord record, string family) => sets.All.FirstOrDefault(set => set.TaskFamilies.Contains(family))
        ?? sets.All.FirstOrDefault(set => set.Name == Find(Family, $"{AccountOf(record)}:{family}"));

    private void StudyAliases(Observation observation)
    {
        if (observation.Record.EventName is not ("CreateAlias" or "UpdateAlias" or "DeleteAlias"))
            return;
        if ((observation.Parameter("aliasName") ?? (Attempt.RefusedName(observation, ":kms:", ["alias"]) is { } refused ? "alias/" + refused : null)) is not { } alias)
            return;

        var name = $"{AccountOf(observation.Record)}:{observation.Record.Region}:{alias}";
        observation.AliasedKey = Find(Alias, name);
        observation.AliasSet = (observation.AliasedKey is { } key ? protectedKeys.SetOf(key) : null) ?? sets.All.FirstOrDefault(set => set.Aliases.Contains(alias))
            ?? (observation is { AliasedKey: null, Record.EventName: "UpdateAlias" } ? Unnamed(observation.Record) : null);
        if (!observation.Succeeded)
            return;
        if (observation.Record.EventName == "DeleteAlias")
            Remove(Alias, name);
        else if (observation.Record.KeyArns.Count > 0)
            Put(Alias, name, observation.Record.KeyArns[^1], observation.Record.EventTime);
    }

    /// <summary>
    /// An alias of which nobody knows where it pointed may have pointed to a key of a set that names none of its aliases, in its account and Region; a multi-Region
    /// key may have a replica in any.
    /// </summary>
    private ProtectedSet? Unnamed(CloudTrailRecord record) => protectedKeys.All
        .Where(arn => arn.Split(':') is [_, _, _, var region, var account, ..] && (region == record.Region || KeyFamily.Of(arn) != arn) && account == AccountOf(record))
        .Select(protectedKeys.SetOf).FirstOrDefault(set => set?.Aliases.Length == 0);

    private void StudyKeys(Observation observation)
    {
        var record = observation.Record;
        // A replica has the material of its primary, which the record names: it is no new key.
        if (record.EventName == "CreateKey" && observation.Succeeded && record.KeyArns.Count > 0)
            Put(Key, KeyFamily.Of(record.KeyArns[^1]), observation.Principal, record.EventTime);
        else if (record.KeyArns.Count > 0 && _names.TryGetValue((Key, KeyFamily.Of(record.KeyArns[^1])), out var made) && record.EventTime - made.At < NewFor)
            (observation.KeyMadeAt, observation.KeyMaker, observation.IsNewBucket) = (made.At, made.Value, IsNewBucket(record));
    }

    private bool IsNewBucket(CloudTrailRecord record) => (record.DestinationContext?["aws:s3:arn"] ?? record.Context?["aws:s3:arn"]) is { } bucket
        && _names.TryGetValue((Bucket, bucket[(bucket.LastIndexOf(':') + 1)..].Split('/')[0]), out var made) && record.EventTime - made.At < NewFor;

    private void StudyBuckets(Observation observation)
    {
        if (observation is { Succeeded: true, Record.EventName: "CreateBucket" } && observation.Parameter("bucketName") is { } bucket)
            Put(Bucket, bucket, observation.Principal, observation.Record.EventTime);
        if (!observation.Record.EventName.Contains("AccessPoint", StringComparison.Ordinal) || observation.Parameter("name") is not { } point)
            return;

        var name = $"{AccountOf(observation.Record)}:{observation.Record.Region}:{point}";
        if (observation is { Succeeded: true, Record.EventName: "CreateAccessPoint" } && observation.Parameter("bucket") is { } behind && audit.IsBucket(behind))
            Put(AccessPoint, name, behind, observation.Record.EventTime);
        observation.AccessPointBucket = Find(AccessPoint, name);
    }

    /// <summary><c>vault</c> for <c>vault:7</c> and for <c>arn:aws:ecs:eu-west-1:111122223333:task-definition/vault:7</c>.</summary>
    private static string FamilyOf(string definition) => definition[(definition.LastIndexOf('/') + 1)..].Split(':')[0];

    private static string AccountOf(CloudTrailRecord record) => record.RecipientAccountId ?? record.Identity.AccountId ?? "";

    private string? Find(string kind, string name) => _names.TryGetValue((kind, name), out var found) ? found.Value : null;

    /// <summary>A name that is full up teaches nothing more: memory stays bounded whatever an attacker makes.</summary>
    private void Put(string kind, string name, string value, DateTimeOffset at)
    {
        if (_names.Count >= Limit && !_names.ContainsKey((kind, name)))
            return;

        _names[(kind, name)] = (value, at);
        _changed.Add((kind, name));
    }

    private void Remove(string kind, string name)
    {
        if (_names.Remove((kind, name)))
            _changed.Add((kind, name));
    }
}
