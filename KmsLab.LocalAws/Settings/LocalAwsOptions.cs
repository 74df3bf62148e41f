using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Settings;

/// <summary>The section <c>LocalAws</c>.</summary>
public sealed class LocalAwsOptions
{
    /// <summary>Where the state file <c>localaws.db</c> lies: keys lost = data lost.</summary>
    [Required(ErrorMessage = "LocalAws:DataDirectory is empty. Set it to a directory that can be written.")]
    public string DataDirectory { get; set; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "kmslab", "localaws");

    /// <summary>The account of callers of whom nothing else is known, and of what is made at start: 12 digits.</summary>
    [RegularExpression("[0-9]{12}", ErrorMessage = "LocalAws:AccountId must be 12 digits.")]
    public string AccountId { get; set; } = "000000000000";

    /// <summary>The organization that the account manages; by default none.</summary>
    [ValidateObjectMembers]
    public OrganizationOptions Organization { get; set; } = new();

    /// <summary>The Region of the trail that is provisioned at start. Calls go to the Region that they are signed for.</summary>
    [RegularExpression("[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", ErrorMessage = "LocalAws:Region must be a Region such as us-east-1.")]
    public string Region { get; set; } = "us-east-1";

    /// <summary>The largest request body that is read, in bytes.</summary>
    [Range(1024, 1024 * 1024 * 1024, ErrorMessage = "LocalAws:MaxRequestBody must be from 1024 to 1073741824 bytes.")]
    public int MaxRequestBody { get; set; } = 10 * 1024 * 1024;

    /// <summary>Another endpoint, such as LocalStack's, to which every call is forwarded; LocalAws then adds the trail's records. Empty: LocalAws serves by itself.</summary>
    [Url(ErrorMessage = "LocalAws:Upstream must be a URL such as http://localhost:4510.")]
    public string? Upstream { get; set; }

    /// <summary>It is a lab tool that checks no signatures: it listens beyond loopback only when this says so.</summary>
    public bool AllowNonLoopback { get; set; }

    /// <summary>
    /// Take <c>sourceIPAddress</c> from the header <c>x-localaws-source-ip</c>, and <c>invokedBy</c> from <c>x-localaws-invoked-by</c>, so that scenarios can come
    /// from another address or through an AWS service.
    /// </summary>
    public bool TrustSourceIpHeader { get; set; }

    /// <summary>Who is behind which access key. Keys that are not listed belong to an IAM user of the key id's name.</summary>
    public List<PrincipalOptions> Principals { get; set; } = [];

    /// <summary>Calls that are refused, as IAM would.</summary>
    public List<DenialOptions> Denials { get; set; } = [];

    /// <summary>Calls that are slow or fail; <c>PUT /_localaws/faults</c> changes them at run time.</summary>
    [ValidateEnumeratedItems]
    public List<FaultRule> Faults { get; set; } = [];

    /// <summary>Limits on how often operations may be called; by default none.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>The trail that exists from the first start.</summary>
    public TrailOptions Trail { get; set; } = new();

    /// <summary>How its records travel; <c>PUT /_localaws/delivery</c> changes it at run time.</summary>
    [ValidateObjectMembers]
    public DeliverySettings Delivery { get; set; } = new();
}

/// <summary>A principal: <c>LocalAws:Principals:[n]</c>.</summary>
public sealed class PrincipalOptions
{
    /// <summary>The access key id that signs its calls.</summary>
    public string AccessKeyId { get; set; } = "";

    /// <summary>Its secret; signatures are not verified.</summary>
    public string SecretAccessKey { get; set; } = "";

    /// <summary>An IAM user (<c>arn:aws:iam::account:user/name</c>) or a role session (<c>arn:aws:sts::account:assumed-role/role/session</c>).</summary>
    public string Arn { get; set; } = "";
}

/// <summary>A refusal: <c>LocalAws:Denials:[n]</c>. <c>*</c> stands for any characters in all three.</summary>
public sealed class DenialOptions
{
    /// <summary>ARN of the caller: user, role session, or the session's role.</summary>
    public string Principal { get; set; } = "*";

    /// <summary>Actions as IAM writes them, such as <c>kms:Decrypt</c>.</summary>
    public List<string> Actions { get; set; } = [];

    /// <summary>ARNs of resources; none denies the operation whatever it touches.</summary>
    public List<string> Resources { get; set; } = [];
}

/// <summary>The provisioned trail: <c>LocalAws:Trail</c>.</summary>
public sealed class TrailOptions
{
    /// <summary>Its name; empty provisions none.</summary>
    public string Name { get; set; } = "kmslab";

    /// <summary>The CloudWatch Logs group that it delivers to.</summary>
    public string LogGroup { get; set; } = "kmslab-trail";
}
