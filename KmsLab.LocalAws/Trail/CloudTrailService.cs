using System.Globalization;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>AWS CloudTrail: trails that decide what is delivered, and the event history that needs none.</summary>
internal sealed class CloudTrailService : AwsService
{
    private const int MaxTrails = 5;

    private readonly Trails _trails;
    private readonly EventLookup _lookup;
    private readonly DigestKeys _keys;
    private readonly Organization _organization;

    public CloudTrailService(Trails trails, EventLookup lookup, DigestKeys keys, Organization organization) : base("cloudtrail", "cloudtrail.amazonaws.com")
    {
        (_trails, _lookup, _keys, _organization) = (trails, lookup, keys, organization);
        TargetPrefix = "CloudTrail_20131101";
        TargetNamespace = "com.amazonaws.cloudtrail.v20131101";
        ValidationError = "InvalidParameterException";

        var wire = CloudTrailJson.Wire;
        Add("CreateTrail", OnTrail.WriteWithResponse, () => wire.CreateTrailRequest, () => wire.TrailChangedResponse, Create);
        Add("UpdateTrail", OnTrail.WriteWithResponse, () => wire.UpdateTrailRequest, () => wire.TrailChangedResponse, Update);
        Add("DeleteTrail", OnTrail.Write, () => wire.TrailNameRequest, () => wire.NoMembers, Delete);
        Add("DescribeTrails", OnTrail.Read, () => wire.DescribeTrailsRequest, () => wire.DescribeTrailsResponse, Describe);
        Add("GetTrail", OnTrail.Read, () => wire.TrailNameRequest, () => wire.GetTrailResponse, (call, request) => new GetTrailResponse { Trail = Description(Find(call, request.Name!)) });
        Add("ListTrails", OnTrail.Read, () => wire.ListTrailsRequest, () => wire.ListTrailsResponse, List);
        Add("StartLogging", OnTrail.Write, () => wire.TrailNameRequest, () => wire.NoMembers, Start);
        Add("StopLogging", OnTrail.Write, () => wire.TrailNameRequest, () => wire.NoMembers, Stop);
        Add("GetTrailStatus", OnTrail.Read, () => wire.TrailNameRequest, () => wire.GetTrailStatusResponse, (call, request) => Status(Find(call, request.Name!)));
        Add("PutEventSelectors", OnTrail.WriteWithResponse, () => wire.PutEventSelectorsRequest, () => wire.EventSelectorsResponse, PutSelectors);
        Add("GetEventSelectors", OnTrail.Read, () => wire.GetEventSelectorsRequest, () => wire.EventSelectorsResponse, (call, request) => Selectors(Find(call, request.TrailName!)));
        Add("AddTags", OnTrail.Write, () => wire.ChangeTagsRequest, () => wire.NoMembers, AddTags);
        Add("RemoveTags", OnTrail.Write, () => wire.ChangeTagsRequest, () => wire.NoMembers, RemoveTags);
        Add("ListTags", OnTrail.Read, () => wire.ListTagsRequest, () => wire.ListTagsResponse, ListTags);
        Add("GetInsightSelectors", OnTrail.Read, () => wire.GetInsightSelectorsRequest, () => wire.NoMembers, InsightSelectors);
        Refuse("KmsLab LocalAws finds no Insights events.", "PutInsightSelectors", "ListInsightsMetricData");
        Refuse(
            "KmsLab LocalAws has no CloudTrail Lake: no event data stores, queries, channels, imports or dashboards.",
            "CreateEventDataStore", "UpdateEventDataStore", "GetEventDataStore", "ListEventDataStores", "DeleteEventDataStore", "RestoreEventDataStore",
            "StartEventDataStoreIngestion", "StopEventDataStoreIngestion", "StartQuery", "CancelQuery", "DescribeQuery", "GetQueryResults", "ListQueries",
            "CreateChannel", "UpdateChannel", "GetChannel", "ListChannels", "DeleteChannel", "StartImport", "StopImport", "GetImport", "ListImports", "ListImportFailures");
        Add("ListPublicKeys", OnTrail.Read, () => wire.ListPublicKeysRequest, () => wire.ListPublicKeysResponse, ListPublicKeysAsync);
        Add("LookupEvents", OnTrail.Read, () => wire.LookupEventsRequest, () => wire.LookupEventsResponse, _lookup.Find);
    }

    private TrailChangedResponse Create(AwsCall call, CreateTrailRequest request)
    {
        var definition = new TrailDefinition
        {
            Name = request.Name!,
            HomeRegion = call.Region,
            S3BucketName = request.S3BucketName!,
            S3KeyPrefix = request.S3KeyPrefix,
            SnsTopicName = request.SnsTopicName,
            IncludeGlobalServiceEvents = request.IncludeGlobalServiceEvents ?? true,
            IsMultiRegionTrail = request.IsMultiRegionTrail ?? false,
            IsOrganizationTrail = request.IsOrganizationTrail ?? false,
            LogFileValidationEnabled = request.EnableLogFileValidation ?? false,
            CloudWatchLogsLogGroupArn = request.CloudWatchLogsLogGroupArn,
            CloudWatchLogsRoleArn = request.CloudWatchLogsRoleArn,
            KmsKeyId = request.KmsKeyId,
            Tags = Merge([], request.TagsList),
        };
        TrailRules.CheckName(definition.Name);
        TrailRules.Check(definition, _organization, call.Account);
        return Changed(_trails.Add(call.Account, definition, all => RefuseSecond(all, call, definition.Name), call.Write));
    }

    private static void RefuseSecond(IReadOnlyList<LiveTrail> all, AwsCall call, string name)
    {
        var own = all.Where(trail => trail.Account == call.Account && trail.Definition.HomeRegion == call.Region).ToList();
        if (own.Find(trail => trail.Definition.Name == name) is { } existing)
            throw new AwsException("TrailAlreadyExistsException", $"Trail {name} already exists for customer: {existing.Account}");
        if (own.Count >= MaxTrails)
            throw new AwsException("MaximumNumberOfTrailsExceededException", $"User: {call.Account} already has {own.Count} trails in {call.Region}.");
    }

    private TrailChangedResponse Update(AwsCall call, UpdateTrailRequest request) => Changed(Change(call, request.Name!, definition =>
    {
        var changed = definition with
        {
            S3BucketName = request.S3BucketName ?? definition.S3BucketName,
            S3KeyPrefix = request.S3KeyPrefix ?? definition.S3KeyPrefix,
            SnsTopicName = request.SnsTopicName ?? definition.SnsTopicName,
            IncludeGlobalServiceEvents = request.IncludeGlobalServiceEvents ?? definition.IncludeGlobalServiceEvents,
            IsMultiRegionTrail = request.IsMultiRegionTrail ?? definition.IsMultiRegionTrail,
            IsOrganizationTrail = request.IsOrganizationTrail ?? definition.IsOrganizationTrail,
            LogFileValidationEnabled = request.EnableLogFileValidation ?? definition.LogFileValidationEnabled,
            // An empty ARN takes the group away: that is how delivery to Logs is switched off.
            CloudWatchLogsLogGroupArn = NullIfEmpty(request.CloudWatchLogsLogGroupArn ?? definition.CloudWatchLogsLogGroupArn),
            CloudWatchLogsRoleArn = NullIfEmpty(request.CloudWatchLogsRoleArn ?? definition.CloudWatchLogsRoleArn),
            KmsKeyId = NullIfEmpty(request.KmsKeyId ?? definition.KmsKeyId),
        };
        TrailRules.Check(changed, _organization, call.Account);
        return changed;
    }));

    private NoMembers Delete(AwsCall call, TrailNameRequest request)
    {
        var trail = FindAtHome(call, request.Name!);
        return _trails.Remove(call, trail.Arn) ? NoMembers.Instance : throw NotFound(call, request.Name!);
    }

    private NoMembers Start(AwsCall call, TrailNameRequest request)
    {
        Change(call, request.Name!, definition => definition.IsLogging ? definition : definition with { IsLogging = true, Started = call.Time });
        return NoMembers.Instance;
    }

    private NoMembers Stop(AwsCall call, TrailNameRequest request)
    {
        Change(call, request.Name!, definition => definition.IsLogging ? definition with { IsLogging = false, Stopped = call.Time } : definition);
        return NoMembers.Instance;
    }

    private EventSelectorsResponse PutSelectors(AwsCall call, PutEventSelectorsRequest request)
    {
        TrailRules.CheckSelectors(request);
        return Selectors(Change(call, request.TrailName!, definition => definition with
        {
            Selectors = request.EventSelectors?.ConvertAll(TrailRules.WithDefaults),
            AdvancedSelectors = request.AdvancedEventSelectors,
            HasCustomEventSelectors = true,
        }));
    }

    private DescribeTrailsResponse Describe(AwsCall call, DescribeTrailsRequest request)
    {
        request.TrailNameList?.ForEach(TrailRules.CheckNameOrArn);
        var visible = _trails.VisibleIn(call.Scope);
        if (request.IncludeShadowTrails == false)
            visible = visible.Where(trail => trail.Definition.HomeRegion == call.Region);
        if (request.TrailNameList is { Count: > 0 } names)
            visible = visible.Where(trail => names.Contains(trail.Definition.Name) || names.Contains(trail.Arn));
        return new() { TrailList = [.. visible.Select(Description)] };
    }

    private ListTrailsResponse List(AwsCall call, ListTrailsRequest request) => new()
    {
        // ListTrails, unlike DescribeTrails, shows the trails of every Region.
        Trails = [.. _trails.Snapshot.Where(trail => trail.IsOf(call.Account))
            .Select(trail => new TrailInfo { TrailArn = trail.Arn, Name = trail.Definition.Name, HomeRegion = trail.Definition.HomeRegion })],
    };

    private NoMembers AddTags(AwsCall call, ChangeTagsRequest request)
    {
        Change(call, TrailRules.RequireArn(request.ResourceId!), definition =>
        {
            var tags = Merge(definition.Tags, request.TagsList);
            return tags.Count <= 50 ? definition with { Tags = tags } : throw new AwsException("TagsLimitExceededException", "The number of tags per trail has exceeded the permitted amount. Currently, the limit is 50.");
        }, "ResourceNotFoundException");
        return NoMembers.Instance;
    }

    private NoMembers RemoveTags(AwsCall call, ChangeTagsRequest request)
    {
        Change(
            call, TrailRules.RequireArn(request.ResourceId!),
            definition => definition with { Tags = definition.Tags.ExceptBy(request.TagsList!.Select(tag => tag.Key!), tag => tag.Key).ToDictionary() },
            "ResourceNotFoundException");
        return NoMembers.Instance;
    }

    private ListTagsResponse ListTags(AwsCall call, ListTagsRequest request) => new()
    {
        ResourceTagList = request.ResourceIdList!.ConvertAll(arn => new ResourceTag
        {
            ResourceId = arn,
            TagsList = [.. Find(call, TrailRules.RequireArn(arn), "ResourceNotFoundException").Definition.Tags.Select(tag => new TrailTag { Key = tag.Key, Value = tag.Value })],
        }),
    };

    private async ValueTask<ListPublicKeysResponse> ListPublicKeysAsync(AwsCall call, ListPublicKeysRequest request)
    {
        var (start, end) = (request.StartTime ?? call.Time, request.EndTime ?? call.Time);
        if (start > end)
            throw new AwsException("InvalidTimeRangeException", "The start time must not be after the end time.");
        // AWS's Regions always have a key.
        await _keys.SignerAsync(call.Scope, call.Time);
        return new()
        {
            PublicKeyList = _keys.Find(call.Scope, start, end).ConvertAll(key => new PublicKey
            {
                Value = key.PublicKey,
                ValidityStartTime = key.ValidFrom,
                ValidityEndTime = key.ValidUntil,
                Fingerprint = key.Fingerprint,
            }),
        };
    }

    private static Dictionary<string, string> Merge(Dictionary<string, string> tags, List<TrailTag>? added)
    {
        var merged = new Dictionary<string, string>(tags);
        foreach (var tag in added ?? [])
            merged[tag.Key!] = tag.Value ?? "";
        return merged;
    }

    private LiveTrail Find(AwsCall call, string nameOrArn, string code = "TrailNotFoundException")
    {
        TrailRules.CheckNameOrArn(nameOrArn);
        return _trails.Find(call.Scope, nameOrArn) ?? throw NotFound(call, nameOrArn, code);
    }

    private LiveTrail FindAtHome(AwsCall call, string nameOrArn, string code = "TrailNotFoundException")
    {
        var trail = Find(call, nameOrArn, code);
        if (trail.Account != call.Account)
            throw TrailRules.NotManagementAccount();
        return trail.Definition.HomeRegion == call.Region
            ? trail
            : throw new AwsException("InvalidHomeRegionException", $"Trail {trail.Definition.Name} can only be changed from its home Region {trail.Definition.HomeRegion}.");
    }

    private LiveTrail Change(AwsCall call, string nameOrArn, Func<TrailDefinition, TrailDefinition> change, string code = "TrailNotFoundException") =>
        _trails.Change(call, FindAtHome(call, nameOrArn, code).Arn, change) ?? throw NotFound(call, nameOrArn, code);

    private static AwsException NotFound(AwsCall call, string nameOrArn, string code = "TrailNotFoundException")
    {
        var arn = nameOrArn.StartsWith("arn:", StringComparison.Ordinal) ? nameOrArn : call.Scope.Arn("cloudtrail", $"trail/{nameOrArn}");
        return new(code, $"Unknown trail: {arn} for the user: {call.Account}", code == "TrailNotFoundException" ? 404 : 400);
    }

    private NoMembers InsightSelectors(AwsCall call, GetInsightSelectorsRequest request) => throw new AwsException(
        "InsightNotEnabledException",
        $"Trail {Find(call, request.TrailName ?? throw new AwsException("InvalidParameterCombinationException", "Specify either TrailName or EventDataStore.")).Definition.Name} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again.");

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? TopicArn(LiveTrail trail) => trail.Definition.SnsTopicName switch
    {
        null => null,
        ['a', 'r', 'n', ':', ..] arn => arn,
        { } name => new RegionScope(trail.Account, trail.Definition.HomeRegion).Arn("sns", name),
    };

    private static TrailChangedResponse Changed(LiveTrail trail) => new()
    {
        Name = trail.Definition.Name,
        S3BucketName = trail.Definition.S3BucketName,
        S3KeyPrefix = trail.Definition.S3KeyPrefix,
        SnsTopicName = trail.Definition.SnsTopicName,
        SnsTopicArn = TopicArn(trail),
        IncludeGlobalServiceEvents = trail.Definition.IncludeGlobalServiceEvents,
        IsMultiRegionTrail = trail.Definition.IsMultiRegionTrail,
        TrailArn = trail.Arn,
        LogFileValidationEnabled = trail.Definition.LogFileValidationEnabled,
        CloudWatchLogsLogGroupArn = trail.Definition.CloudWatchLogsLogGroupArn,
        CloudWatchLogsRoleArn = trail.Definition.CloudWatchLogsRoleArn,
        KmsKeyId = trail.Definition.KmsKeyId,
        IsOrganizationTrail = trail.Definition.IsOrganizationTrail,
    };

    private static TrailDescription Description(LiveTrail trail) => new()
    {
        Name = trail.Definition.Name,
        S3BucketName = trail.Definition.S3BucketName,
        S3KeyPrefix = trail.Definition.S3KeyPrefix,
        SnsTopicName = trail.Definition.SnsTopicName,
        SnsTopicArn = TopicArn(trail),
        IncludeGlobalServiceEvents = trail.Definition.IncludeGlobalServiceEvents,
        IsMultiRegionTrail = trail.Definition.IsMultiRegionTrail,
        HomeRegion = trail.Definition.HomeRegion,
        TrailArn = trail.Arn,
        LogFileValidationEnabled = trail.Definition.LogFileValidationEnabled,
        CloudWatchLogsLogGroupArn = trail.Definition.CloudWatchLogsLogGroupArn,
        CloudWatchLogsRoleArn = trail.Definition.CloudWatchLogsRoleArn,
        KmsKeyId = trail.Definition.KmsKeyId,
        HasCustomEventSelectors = trail.Definition.HasCustomEventSelectors,
        HasInsightSelectors = false,
        IsOrganizationTrail = trail.Definition.IsOrganizationTrail,
    };

    private static EventSelectorsResponse Selectors(LiveTrail trail) => new()
    {
        TrailArn = trail.Arn,
        EventSelectors = trail.Definition.Selectors,
        AdvancedEventSelectors = trail.Definition.AdvancedSelectors,
    };

    private static GetTrailStatusResponse Status(LiveTrail trail) => new()
    {
        IsLogging = trail.Definition.IsLogging,
        StartLoggingTime = trail.Definition.Started,
        StopLoggingTime = trail.Definition.Stopped,
        LatestDeliveryTime = trail.Status.FilesDelivered,
        LatestDeliveryError = trail.Status.FilesError,
        LatestDigestDeliveryTime = trail.Status.DigestDelivered,
        LatestCloudWatchLogsDeliveryTime = trail.Status.Delivered,
        LatestCloudWatchLogsDeliveryError = trail.Status.Error,
        LatestDeliveryAttemptTime = Text(trail.Status.FilesDelivered),
        LatestDeliveryAttemptSucceeded = Text(trail.Status.FilesDelivered),
        LatestNotificationAttemptTime = "",
        LatestNotificationAttemptSucceeded = "",
        TimeLoggingStarted = Text(trail.Definition.Started),
        TimeLoggingStopped = Text(trail.Definition.Stopped),
    };

    private static string Text(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
