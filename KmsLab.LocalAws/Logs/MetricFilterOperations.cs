using System.Text;
using System.Text.Json;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Metric filters: what they are, and trying one out.</summary>
internal sealed class MetricFilterOperations(StateStore store, LogGroups groups, MetricFilterSet filters, TimeProvider time)
{
    private const int MaxPage = 50;
    private const int MaxFilters = 100;
    private const int MaxFiltersWithRegex = 5;

    public void AddTo(LogsService service)
    {
        service.Add("PutMetricFilter", OnTrail.Write, () => LogsJson.Wire.PutMetricFilterRequest, () => LogsJson.Wire.NoOutput, PutAsync);
        service.Add("DescribeMetricFilters", OnTrail.Read, () => LogsJson.Wire.DescribeMetricFiltersRequest, () => LogsJson.Wire.DescribeMetricFiltersResponse, Describe);
        service.Add("DeleteMetricFilter", OnTrail.Write, () => LogsJson.Wire.MetricFilterRequest, () => LogsJson.Wire.NoOutput, DeleteAsync);
        service.Add("TestMetricFilter", OnTrail.Read, () => LogsJson.Wire.TestMetricFilterRequest, () => LogsJson.Wire.TestMetricFilterResponse, Test);
    }

    public static MetricFilter Read(string definition) => JsonSerializer.Deserialize(definition, LogsJson.Wire.MetricFilter)!;

    private async ValueTask<NoOutput> PutAsync(AwsCall call, PutMetricFilterRequest request)
    {
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, request.LogGroupName!));
        LogGroups.RefuseNulls(request.MetricTransformations, "metricTransformations");
        LogGroups.RefuseNulls(request.MetricTransformations![0].Dimensions?.Values, "dimensions");
        if (request.MetricTransformations[0].DefaultValue is { } value && !double.IsFinite(value))
            throw LogGroups.Invalid("The default value must be a finite number.");
        var filter = new MetricFilter
        {
            FilterName = request.FilterName,
            FilterPattern = request.FilterPattern,
            MetricTransformations = request.MetricTransformations,
            CreationTime = time.GetUtcNow().ToUnixTimeMilliseconds(),
            LogGroupName = request.LogGroupName,
            ApplyOnTransformedLogs = request.ApplyOnTransformedLogs ?? false,
        };
        var compiled = CompiledMetricFilter.Compile(call.Scope, filter);
        var group = groups.Find(call.Scope, request.LogGroupName!);
        if (compiled.RegexCount > 0 && filters.CountWithRegex(group.Id, except: compiled.Name) >= MaxFiltersWithRegex)
            throw LimitExceeded();

        var isPut = await store.WriteAsync(session =>
        {
            var others = (long)session.Scalar("SELECT count(*) FROM log_metric_filters WHERE group_id = $1 AND name <> $2", group.Id, request.FilterName)!;
            return others < MaxFilters && session.Execute(
                "INSERT INTO log_metric_filters VALUES ($1, $2, $3, $4) ON CONFLICT (group_id, name) DO UPDATE SET created = excluded.created, definition = excluded.definition",
                group.Id, request.FilterName, filter.CreationTime, JsonSerializer.Serialize(filter, LogsJson.Wire.MetricFilter)) == 1;
        });
        if (!isPut)
            throw LimitExceeded();

        filters.Put(group.Id, compiled);
        return NoOutput.Instance;
    }

    private static AwsException LimitExceeded() => new("LimitExceededException", "Resource limit exceeded.");

    private DescribeMetricFiltersResponse Describe(AwsCall call, DescribeMetricFiltersRequest request)
    {
        if (request.LogGroupName is { } name)
        {
            call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
            _ = groups.Find(call.Scope, name);
        }

        var limit = request.Limit ?? MaxPage;
        var after = PageToken.Read(request.NextToken, 2);
        var rows = store.Read(connection => connection.Query(
            """
            SELECT f.definition FROM log_metric_filters f JOIN log_groups g ON g.id = f.group_id
            WHERE g.account = $1 AND g.region = $2 AND ($3 IS NULL OR g.name = $3)
              AND ($4 IS NULL OR substr(f.name, 1, length($4)) = $4)
              AND ($5 IS NULL OR f.definition ->> '$.metricTransformations[0].metricName' = $5)
              AND ($6 IS NULL OR f.definition ->> '$.metricTransformations[0].metricNamespace' = $6)
              AND ($7 IS NULL OR (f.name, g.name) > ($7, $8))
            ORDER BY f.name, g.name LIMIT $9
            """,
            row => Read(row.GetString(0)), call.Account, call.Region, request.LogGroupName, request.FilterNamePrefix, request.MetricName, request.MetricNamespace,
            after?[0], after?[1], limit + 1));

        return new()
        {
            MetricFilters = [.. rows.Take(limit)],
            NextToken = rows.Count > limit ? PageToken.Write(rows[limit - 1].FilterName!, rows[limit - 1].LogGroupName!) : null,
        };
    }

    private async ValueTask<NoOutput> DeleteAsync(AwsCall call, MetricFilterRequest request)
    {
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, request.LogGroupName!));
        var group = groups.Find(call.Scope, request.LogGroupName!);
        var isDeleted = await store.WriteAsync(session =>
            session.Execute("DELETE FROM log_metric_filters WHERE group_id = $1 AND name = $2", group.Id, request.FilterName) == 1);
        if (!isDeleted)
            throw new AwsException("ResourceNotFoundException", "The specified metric filter does not exist.");

        filters.Remove(group.Id, request.FilterName!);
        return NoOutput.Instance;
    }

    private static TestMetricFilterResponse Test(AwsCall call, TestMetricFilterRequest request)
    {
        LogGroups.RefuseNulls(request.LogEventMessages, "logEventMessages");
        var pattern = CompiledMetricFilter.ParsePattern(request.FilterPattern!);
        var response = new TestMetricFilterResponse();
        for (var i = 0; i < request.LogEventMessages!.Count; i++)
        {
            var message = Encoding.UTF8.GetBytes(request.LogEventMessages[i]);
            if (pattern.Matches(message))
                response.Matches.Add(new() { EventNumber = i, EventMessage = request.LogEventMessages[i], ExtractedValues = new(pattern.ExtractFields(message)) });
        }

        return response;
    }
}
