namespace KmsLab.Simulator.Plans;

/// <summary>Who is who in the account, besides the application's clients.</summary>
internal static class Cast
{
    private const string Cli = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython md/installer#exe md/prompt#off md/command#";
    private const string Boto = "Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#6.1.141 md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.30";
    private const string Java = "aws-sdk-java/2.33.4 md/io#sync md/http#Apache ua/2.1 api/KMS#2.33.x os/Linux#6.1.141 lang/java#21.0.7 md/OpenJDK_64-Bit_Server_VM#21.0.7+6-LTS md/vendor#Amazon.com_Inc.";

    /// <summary>A session of the application's role in somebody else's hands.</summary>
    public static RoleSession Thief(World world) => new(world.ApplicationRole, "i-0abc1def2a3b4c5d6", World.ElsewhereAddress, Boto);

    /// <summary>Has every right, and uses them.</summary>
    public static RoleSession Insider { get; } = new("kmslab-admin", "m.ortega", World.ElsewhereAddress, Cli + "kms");

    /// <summary>Fresh credentials whose owner wants to know what they are good for.</summary>
    public static RoleSession Prober { get; } = new("ci-runner", "run-88213", World.ElsewhereAddress, Boto);

    /// <summary>Deploys the application, and puts right what others broke.</summary>
    public static RoleSession Deployer { get; } = new("kmslab-deploy", "pipeline", "10.0.40.7", Cli + "cloudformation.deploy");

    /// <summary>Looks after the account with every right, and means well.</summary>
    public static RoleSession Administrator { get; } = new("platform-admin", "a.berg", "198.51.100.31", Cli + "platform");

    /// <summary>Looks only.</summary>
    public static RoleSession Browser { get; } = new("read-only", "j.moss", "198.51.100.32", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36");

    public static RoleSession Auditor { get; } = new("auditor", "k.lind", "198.51.100.20", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36");

    public static RoleSession PaymentsService { get; } = new("payments-api", "task-4e1", "10.0.21.14", Java);

    public static RoleSession Batch { get; } = new("kmslab-batch", "nightly", "10.0.12.9", "aws-sdk-dotnet-coreclr/4.1.0 ua/2.1 os/linux#6.1 lang/.NET_Core#10.0 api/Key_Management_Service#4.1.0");

    public static RoleSession Sentinel { get; } = new("kmslab-sentinel", "sentinel", "10.0.13.5", "aws-sdk-dotnet-coreclr/4.1.0 ua/2.1 os/linux#6.1 lang/.NET_Core#10.0 api/Key_Management_Service#4.1.0");

    /// <summary>What S3 decrypts for the analysts.</summary>
    public static RoleSession ThroughS3 { get; } = Invoked("analytics", "spark-driver", "s3.amazonaws.com");

    /// <summary>S3's encryptions in the insider's name.</summary>
    public static RoleSession InsiderThroughS3 { get; } = Invoked(Insider.Role, Insider.Session, "s3.amazonaws.com");

    /// <summary>The role that archives logs under the landing zone's central key.</summary>
    public static RoleSession ArchiverThroughS3 { get; } = Invoked("log-archiver", "daily", "s3.amazonaws.com");

    /// <summary>AWS Config, which is refused in many places.</summary>
    public static RoleSession Config { get; } = ServiceLinked("AWSServiceRoleForConfig", "configLambdaExecution", "config.amazonaws.com");

    /// <summary>AWS Backup, which makes grants.</summary>
    public static RoleSession Backup { get; } = ServiceLinked("AWSServiceRoleForBackup", "backup", "backup.amazonaws.com");

    /// <summary>Application Auto Scaling, which scales services.</summary>
    public static RoleSession AutoScaling { get; } = ServiceLinked("AWSServiceRoleForApplicationAutoScaling_ECSService", "AutoScaling", "ecs.application-autoscaling.amazonaws.com");

    public static RoleSession ThroughRds { get; } = ServiceLinked("AWSServiceRoleForRDS", "rds", "rds.amazonaws.com");

    public static RoleSession ThroughSecretsManager { get; } = Invoked("payments-api", "task-4e1", "secretsmanager.amazonaws.com");

    /// <summary>AWS writes the service's name for address and User-Agent, too.</summary>
    private static RoleSession Invoked(string role, string session, string service) => new(role, session, service, service, service);

    /// <summary>A role that AWS made for one of its services stands under a path of that service's.</summary>
    private static RoleSession ServiceLinked(string role, string session, string service) => Invoked(role, session, service) with { Path = $"aws-service-role/{service}/" };
}
