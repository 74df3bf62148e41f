using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Creates, describes and deletes log groups, and says how long they keep events.</summary>
internal sealed class LogGroupOperations(StateStore store, LogGroups groups, LogStore events, MetricFilterSet filters, TimeProvider time)
{
    private const int MaxPage = 50;

    /// <summary>The values that PutRetentionPolicy takes, in days.</summary>
    private static readonly int[] Retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    public void AddTo(LogsService service)
    {
        service.Add("CreateLogGroup", OnTrail.Write, () => LogsJson.Wire.CreateLogGroupRequest, () => LogsJson.Wire.NoOutput, CreateAsync);
        service.Add("DeleteLogGroup", OnTrail.Write, () => LogsJson.Wire.GroupRequest, () => LogsJson.Wire.NoOutput, DeleteAsync);
        service.Add("DescribeLogGroups", OnTrail.Read, () => LogsJson.Wire.DescribeLogGroupsRequest, () => LogsJson.Wire.DescribeLogGroupsResponse, Describe);
        service.Add("ListLogGroups", OnTrail.Read, () => LogsJson.Wire.ListLogGroupsRequest, () => LogsJson.Wire.ListLogGroupsResponse, List);
        // Nobody can have put one.
        service.Add("DescribeSubscriptionFilters", OnTrail.Read, () => LogsJson.Wire.DescribeSubscriptionFiltersRequest, () => LogsJson.Wire.DescribeSubscriptionFiltersResponse, SubscriptionFilters);
        service.Add("PutRetentionPolicy", OnTrail.Write, () => LogsJson.Wire.PutRetentionPolicyRequest, () => LogsJson.Wire.NoOutput, PutRetentionAsync);
        service.Add("DeleteRetentionPolicy", OnTrail.Write, () => LogsJson.Wire.GroupRequest, () => LogsJson.Wire.NoOutput, (call, request) => SetAsync(call, request.LogGroupName!, "retention", null));
        service.Add("PutLogGroupDeletionProtection", OnTrail.Write, () => LogsJson.Wire.DeletionProtectionRequest, () => LogsJson.Wire.NoOutput, ProtectAsync);
    }

    private async ValueTask<NoOutput> CreateAsync(AwsCall call, CreateLogGroupRequest request)
    {
        var name = request.LogGroupName!;
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        if (name.StartsWith("aws/", StringComparison.Ordinal))
            throw LogGroups.Invalid("Log group names can't start with the string aws/.");
        LogTags.Check(request.Tags);

        var isNew = await store.WriteAsync(session => session.Execute(
            "INSERT OR IGNORE INTO log_groups (account, region, name, created, class, kms_key, protected, tags) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            call.Account, call.Region, name, time.GetUtcNow().ToUnixTimeMilliseconds(), request.LogGroupClass ?? "STANDARD", request.KmsKeyId,
            request.DeletionProtectionEnabled == true, LogTags.Write(request.Tags ?? [])) == 1);
        return isNew ? NoOutput.Instance : throw new AwsException("ResourceAlreadyExistsException", "The specified log group already exists");
    }

    private async ValueTask<NoOutput> DeleteAsync(AwsCall call, GroupRequest request)
    {
        var name = request.LogGroupName!;
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        var group = groups.Find(call.Scope, name);
        if (group.IsProtected)
            throw new AwsException("ValidationException", $"The log group {name} can't be deleted because deletion protection is enabled.");

        var isDeleted = await store.WriteAsync(session =>
        {
            events.Forget(group.Id);
            session.Execute("INSERT OR IGNORE INTO log_purges SELECT id FROM log_streams WHERE group_id = $1", group.Id);
            session.Execute("DELETE FROM log_streams WHERE group_id = $1", group.Id);
            session.Execute("DELETE FROM log_metric_filters WHERE group_id = $1", group.Id);
            return session.Execute("DELETE FROM log_groups WHERE id = $1", group.Id) == 1;
        });
        filters.Forget(group.Id);
        return isDeleted ? NoOutput.Instance : throw LogGroups.GroupNotFound();
    }

    private DescribeLogGroupsResponse Describe(AwsCall call, DescribeLogGroupsRequest request)
    {
        if (request.LogGroupNamePrefix is not null && request.LogGroupNamePattern is { Length: > 0 })
            throw LogGroups.Invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");

        LogGroups.RefuseNulls(request.LogGroupIdentifiers, "logGroupIdentifiers");
        var names = request.LogGroupIdentifiers?.ConvertAll(identifier => LogArn.NameIn(call.Scope, identifier));
        var limit = request.Limit ?? MaxPage;
        var after = PageToken.Read(request.NextToken, 1)?[0] ?? "";
        var rows = store.Read(connection => connection.Query(
            $"""
            SELECT {LogGroups.Columns} FROM log_groups g
            WHERE g.account = $1 AND g.region = $2 AND g.name > $3
              AND ($4 IS NULL OR substr(g.name, 1, length($4)) = $4)
              AND ($5 IS NULL OR instr(lower(g.name), lower($5)) > 0)
              AND ($6 IS NULL OR g.class = $6)
              AND ($7 IS NULL OR g.name IN (SELECT value FROM json_each($7)))
            ORDER BY g.name LIMIT $8
            """,
            LogGroups.Map, IsOwn(call, request.AccountIdentifiers) ? call.Account : "", call.Region, after, request.LogGroupNamePrefix, request.LogGroupNamePattern, request.LogGroupClass,
            names is null ? null : System.Text.Json.JsonSerializer.Serialize([.. names], LogsJson.Default.StringArray), limit + 1));

        return new()
        {
            LogGroups = [.. rows.Take(limit).Select(row => Shown(call.Scope, row, withProtection: string.IsNullOrEmpty(request.LogGroupNamePattern)))],
            NextToken = rows.Count > limit ? PageToken.Write(rows[limit - 1].Name) : null,
        };
    }

    private ListLogGroupsResponse List(AwsCall call, ListLogGroupsRequest request)
    {
        var limit = request.Limit ?? MaxPage;
        var after = PageToken.Read(request.NextToken, 1)?[0] ?? "";
        var parts = request.LogGroupNamePattern?.Split('|');
        var rows = store.Read(connection => connection.Query(
            $"SELECT {LogGroups.Columns} FROM log_groups g WHERE g.account = $1 AND g.region = $2 AND g.name > $3 AND ($4 IS NULL OR g.class = $4) ORDER BY g.name",
            LogGroups.Map, call.Account, call.Region, after, request.LogGroupClass))
            .FindAll(row => IsOwn(call, request.AccountIdentifiers) && (request.LogGroupTags ?? []).TrueForAll(filter => filter.Holds(row.Tags)) && (parts is null || Array.Exists(parts, part => part[0] == '^'
                ? row.Name.StartsWith(part[1..], StringComparison.Ordinal)
                : row.Name.Contains(part, StringComparison.Ordinal))));
        return new()
        {
            LogGroups = [.. rows.Take(limit).Select(row => new LogGroupSummary { LogGroupName = row.Name, LogGroupArn = LogArn.OfGroup(call.Scope, row.Name), LogGroupClass = row.Class })],
            NextToken = rows.Count > limit ? PageToken.Write(rows[limit - 1].Name) : null,
        };
    }

    // Accounts are not linked here: each sees its own groups only.
    private static bool IsOwn(AwsCall call, List<string>? accounts) => accounts is not { Count: > 0 } || accounts.Contains(call.Account);

    private DescribeSubscriptionFiltersResponse SubscriptionFilters(AwsCall call, DescribeSubscriptionFiltersRequest request)
    {
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, request.LogGroupName!));
        _ = groups.Find(call.Scope, request.LogGroupName!);
        return new();
    }

    private ValueTask<NoOutput> PutRetentionAsync(AwsCall call, PutRetentionPolicyRequest request) => Retentions.Contains(request.RetentionInDays!.Value)
        ? SetAsync(call, request.LogGroupName!, "retention", request.RetentionInDays)
        : throw Validator.Error(
            "InvalidParameterException", $"{request.RetentionInDays}", "retentionInDays", $"Member must satisfy enum value set: [{string.Join(", ", Retentions)}]");

    private ValueTask<NoOutput> ProtectAsync(AwsCall call, DeletionProtectionRequest request) =>
        SetAsync(call, LogArn.NameIn(call.Scope, request.LogGroupIdentifier!), "protected", request.DeletionProtectionEnabled!.Value);

    private async ValueTask<NoOutput> SetAsync(AwsCall call, string name, string column, object? value)
    {
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        var isFound = await store.WriteAsync(session => session.Execute(
            $"UPDATE log_groups SET {column} = $4 WHERE account = $1 AND region = $2 AND name = $3", call.Account, call.Region, name, value) == 1);
        return isFound ? NoOutput.Instance : throw LogGroups.GroupNotFound();
    }

    // A search by pattern tells nothing of deletion protection.
    private static LogGroup Shown(RegionScope scope, LogGroupRow row, bool withProtection) => new()
    {
        LogGroupName = row.Name,
        CreationTime = row.Created,
        RetentionInDays = (int?)row.Retention,
        MetricFilterCount = (int)row.Filters,
        Arn = LogArn.OfGroupAndAllIn(scope, row.Name),
        StoredBytes = row.Bytes,
        KmsKeyId = row.KmsKey,
        LogGroupClass = row.Class,
        LogGroupArn = LogArn.OfGroup(scope, row.Name),
        DeletionProtectionEnabled = withProtection ? row.IsProtected : null,
    };
}
