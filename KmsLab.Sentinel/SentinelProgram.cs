using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Replay;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.CommandLine;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel;

/// <summary>The service's command line.</summary>
internal static class SentinelProgram
{
    public static ServiceDescription Description => new(SentinelOptions.Section)
    {
        Summary = "Sentinel watches who uses KMS keys, in CloudTrail's records, and raises alarms. It has a page and an HTTP API.",
        Commands =
        [
            MigrateCommand.Create(SentinelOptions.Section, SentinelExtensions.ConnectionName, SentinelExtensions.DatabaseKey, typeof(SentinelProgram).Assembly),
            ReplayCommand.Create(),
            VerifyCommand.Create(),
            RuleTest.Create(),
            NotifyTest.Create(),
            DetectionPage.CreateCommand(),
            ApiKey.CreateCommand(ApiOptions.KeysSection),
        ],
        Settings =
        [
            new("Sentinel:Url", "where it listens, unless ASP.NET Core's own settings say so", "http://localhost:5090"),
            new("Sentinel:Database", "PostgreSql or Sqlite", "PostgreSql"),
            new("ConnectionStrings:sentinel", "the database; with Sqlite such as 'Data Source=sentinel.db'"),
            new("Sentinel:LogGroups:0", "the CloudWatch Logs group that a trail delivers to; LocalAws's is kmslab-trail"),
            new("Sentinel:TrailQueues:0", "the SQS queue that hears of the files in a trail's bucket"),
            new("Sentinel:EventHistory", "read CloudTrail's event history as well", "False"),
            new("Sentinel:Files:0", "a folder of CloudTrail's files to read as well"),
            new("Sentinel:HeadInterval", "the time from one read to the next", "00:00:05"),
            new("Sentinel:AllowedLateness", "how late a record may come and still be expected", "00:15:00"),
            new("Sentinel:Api:OpenOnLoopback", "open page and API to this machine without a key", "False"),
            new("AWS:Region", "the trail's Region, unless the environment or a profile names it"),
            new("AWS:ServiceURL", "an endpoint other than AWS, such as LocalAws's http://localhost:4566"),
            new("Sentinel:Telemetry:BackgroundTraces", "trace what no request has caused, too: its rounds", "False"),
        ],
        Docs = ["docs/operations.md", "docs/detections.md"],
    };
}
