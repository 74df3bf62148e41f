using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Amazon CloudWatch Logs: groups, streams, events and metric filters.</summary>
internal sealed class LogsService : AwsService
{
    public LogsService(LogGroupOperations groups, LogTagOperations tags, LogStreamOperations streams, LogEventOperations events, MetricFilterOperations filters, ResourcePolicies policies)
        : base("logs", "logs.amazonaws.com")
    {
        TargetPrefix = "Logs_20140328";
        ValidationError = "InvalidParameterException";

        groups.AddTo(this);
        tags.AddTo(this);
        streams.AddTo(this);
        events.AddTo(this);
        filters.AddTo(this);
        policies.AddTo(this);
        Refuse(
            "KmsLab LocalAws has no CloudWatch Logs Insights and no Live Tail: read events with FilterLogEvents or GetLogEvents.",
            "StartQuery", "StopQuery", "GetQueryResults", "DescribeQueries", "PutQueryDefinition", "DeleteQueryDefinition", "DescribeQueryDefinitions", "GetLogRecord",
            "GetLogGroupFields", "StartLiveTail", "ListLogGroupsForQuery");
        Refuse(
            "KmsLab LocalAws delivers log events to nobody: subscription filters, destinations and export tasks are not implemented.",
            "PutSubscriptionFilter", "DeleteSubscriptionFilter", "PutDestination", "PutDestinationPolicy", "DescribeDestinations",
            "DeleteDestination", "CreateExportTask", "CancelExportTask", "DescribeExportTasks");
        Refuse(
            "KmsLab LocalAws does not encrypt log groups: a key is kept and shown when given to CreateLogGroup, and that is all.",
            "AssociateKmsKey", "DisassociateKmsKey");
    }
}
