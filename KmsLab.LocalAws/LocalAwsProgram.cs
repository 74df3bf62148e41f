using KmsLab.LocalAws.Settings;
using KmsLab.ServiceDefaults.CommandLine;

namespace KmsLab.LocalAws;

/// <summary>The service's command line.</summary>
internal static class LocalAwsProgram
{
    public static ServiceDescription Description => new("LocalAws")
    {
        Summary = "LocalAws stands for AWS on one machine: KMS, STS, CloudTrail, CloudWatch, CloudWatch Logs, SNS, SQS and S3 at one endpoint, "
            + "for SDKs and the AWS CLI. A lab tool: it checks no signatures.",
        Settings =
        [
            new("LocalAws:Url", "where it listens, unless ASP.NET Core's own settings say so", "http://localhost:4566"),
            new(
                "LocalAws:DataDirectory",
                "where its state file localaws.db and the content of objects lie; keys lost are data lost",
                new LocalAwsOptions().DataDirectory),
            new("LocalAws:AccountId", "the account of callers of whom nothing else is known", "000000000000"),
            new("LocalAws:Region", "the Region of the trail that is there from the start", "us-east-1"),
            new("LocalAws:Trail:LogGroup", "the log group that this trail delivers to", "kmslab-trail"),
            new("LocalAws:Delivery:Delay", "how long its records travel", "00:00:00"),
            new("LocalAws:Upstream", "another endpoint, such as LocalStack's, to stand before"),
            new("LocalAws:AllowNonLoopback", "listen beyond this machine", "False"),
            new("LocalAws:Telemetry:BackgroundTraces", "trace what no request has caused, too", "False"),
        ],
        Docs = ["docs/localaws.md"],
    };
}
