using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The tags of log groups, by group name (the older operations) and by ARN.</summary>
internal sealed class LogTagOperations(StateStore store, LogGroups groups)
{
    public void AddTo(LogsService service)
    {
        service.Add("TagLogGroup", OnTrail.Write, () => LogsJson.Wire.TagLogGroupRequest, () => LogsJson.Wire.NoOutput, (call, request) => TagAsync(call, request.LogGroupName!, request.Tags!, "InvalidParameterException"));
        service.Add("UntagLogGroup", OnTrail.Write, () => LogsJson.Wire.UntagLogGroupRequest, () => LogsJson.Wire.NoOutput, (call, request) => UntagAsync(call, request.LogGroupName!, request.Tags!));
        service.Add("ListTagsLogGroup", OnTrail.Read, () => LogsJson.Wire.GroupRequest, () => LogsJson.Wire.TagsResponse, (call, request) => List(call, request.LogGroupName!));
        service.Add("TagResource", OnTrail.Write, () => LogsJson.Wire.TagResourceRequest, () => LogsJson.Wire.NoOutput, (call, request) => TagAsync(call, NameIn(call, request), request.Tags!, "TooManyTagsException"));
        service.Add("UntagResource", OnTrail.Write, () => LogsJson.Wire.UntagResourceRequest, () => LogsJson.Wire.NoOutput, (call, request) => UntagAsync(call, NameIn(call, request), request.TagKeys!));
        service.Add("ListTagsForResource", OnTrail.Read, () => LogsJson.Wire.ResourceRequest, () => LogsJson.Wire.TagsResponse, (call, request) => List(call, NameIn(call, request)));
    }

    private static string NameIn(AwsCall call, ResourceRequest request) => request.ResourceArn!.StartsWith("arn:", StringComparison.Ordinal)
        ? LogArn.NameIn(call.Scope, request.ResourceArn)
        : throw LogGroups.Invalid("The specified resourceArn is not a valid ARN.");

    private ValueTask<NoOutput> TagAsync(AwsCall call, string name, Dictionary<string, string> tags, string tooMany)
    {
        LogTags.Check(tags);
        return ChangeAsync(call, name, current =>
        {
            foreach (var (key, value) in tags)
                current[key] = value;
            return current.Count <= LogTags.MaxCount;
        }, new AwsException(tooMany, $"A log group can have at most {LogTags.MaxCount} tags."));
    }

    private ValueTask<NoOutput> UntagAsync(AwsCall call, string name, List<string> keys)
    {
        LogGroups.RefuseNulls(keys, "tagKeys");
        return ChangeAsync(call, name, current =>
        {
            foreach (var key in keys)
                current.Remove(key);
            return true;
        }, LogGroups.GroupNotFound());
    }

    private TagsResponse List(AwsCall call, string name)
    {
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        return new() { Tags = groups.Find(call.Scope, name).Tags };
    }

    /// <summary>Reads, changes and writes a group's tags in one turn of the writer, so that two callers don't undo each other.</summary>
    private async ValueTask<NoOutput> ChangeAsync(AwsCall call, string name, Func<Dictionary<string, string>, bool> change, AwsException refusal)
    {
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        var error = await store.WriteAsync(session =>
        {
            if (session.Scalar("SELECT tags FROM log_groups WHERE account = $1 AND region = $2 AND name = $3", call.Account, call.Region, name) is not string stored)
                return LogGroups.GroupNotFound();

            var tags = LogTags.Read(stored);
            if (!change(tags))
                return refusal;
            session.Execute("UPDATE log_groups SET tags = $4 WHERE account = $1 AND region = $2 AND name = $3", call.Account, call.Region, name, LogTags.Write(tags));
            return null;
        });
        return error is null ? NoOutput.Instance : throw error;
    }
}
