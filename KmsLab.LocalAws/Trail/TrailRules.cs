using System.Net;
using System.Text.RegularExpressions;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>What CloudTrail demands of trails and selectors.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html</remarks>
internal static partial class TrailRules
{
    private const int MaxSelectors = 5;
    private const int MaxValues = 500;
    private static readonly string[] Excludable = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];
    private static readonly string[] Categories = ["Management", "Data", "NetworkActivity"];

    private static readonly string[] Fields =
    [
        "eventCategory", "eventSource", "readOnly", "eventName", "resources.type", "resources.ARN", "errorCode", "vpcEndpointId", "eventType",
        "sessionCredentialFromConsole", "userIdentity.arn",
    ];

    /// <summary>Checks a new trail's name.</summary>
    /// <exception cref="AwsException">InvalidTrailNameException that says which rule it breaks.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is < 3 or > 128)
            throw BadName($"Trail name too {(name.Length < 3 ? "short. Minimum" : "long. Maximum")} allowed length: {(name.Length < 3 ? 3 : 128)} characters. Specified name length: {name.Length} characters.");
        if (!char.IsAsciiLetterOrDigit(name[0]))
            throw BadName("Trail name must starts with a letter or number.");
        if (!char.IsAsciiLetterOrDigit(name[^1]))
            throw BadName("Trail name must ends with a letter or number.");
        if (!NameCharacters.IsMatch(name))
            throw BadName("Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).");
        if (AdjacentPunctuation.IsMatch(name))
            throw BadName("Trail name cannot have adjacent periods, underscores or dashes.");
        if (IPAddress.TryParse(name, out _))
            throw BadName("Trail name cannot be in IP address format.");
    }

    /// <summary>Checks what a call names a trail by.</summary>
    /// <exception cref="AwsException">InvalidTrailNameException or CloudTrailARNInvalidException.</exception>
    public static void CheckNameOrArn(string nameOrArn)
    {
        if (nameOrArn.StartsWith("arn:", StringComparison.Ordinal))
            RequireArn(nameOrArn);
        else
            CheckName(nameOrArn);
    }

    /// <summary>Checks the rest of a trail.</summary>
    public static void Check(TrailDefinition trail, Organization organization, string account)
    {
        if (trail.IsOrganizationTrail && !organization.Has(account))
            throw new AwsException("OrganizationsNotInUseException", "Your account is not a member of an organization. LocalAws:Organization makes one.");
        if (trail.IsOrganizationTrail && account != organization.ManagementAccount)
            throw NotManagementAccount();
        if (!BucketName.IsMatch(trail.S3BucketName))
            throw new AwsException("InvalidS3BucketNameException", $"Bucket name is not valid: {trail.S3BucketName}");
        if (trail is { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false })
            throw new AwsException("InvalidParameterCombinationException", "Multi-Region trail must include global service events.");
        if (trail.CloudWatchLogsLogGroupArn is { } group && (LogGroupArn.Parse(group) is null || trail.CloudWatchLogsRoleArn is null))
        {
            throw trail.CloudWatchLogsRoleArn is null
                ? new AwsException("InvalidParameterCombinationException", "Specify both CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn.")
                : new AwsException("InvalidCloudWatchLogsLogGroupArnException", "CloudTrail cannot validate the specified log group ARN.");
        }
    }

    /// <summary>A member account can't change its organization's trail.</summary>
    public static AwsException NotManagementAccount() =>
        new("NotOrganizationMasterAccountException", "You are not authorized to perform this operation: it takes the management account of the organization.");

    /// <summary>A trail's ARN where a name won't do.</summary>
    public static string RequireArn(string arn) => arn.Split(':') is ["arn", _, "cloudtrail", _, _, var resource] && resource.StartsWith("trail/", StringComparison.Ordinal)
        ? arn
        : throw new AwsException("CloudTrailARNInvalidException", $"Trail ARN is not valid: {arn}");

    /// <summary>Checks selectors before they are stored.</summary>
    public static void CheckSelectors(PutEventSelectorsRequest request)
    {
        if (request.EventSelectors is { Count: > 0 } == request.AdvancedEventSelectors is { Count: > 0 })
            throw Bad("Specify either EventSelectors or AdvancedEventSelectors, but not both.");
        if (request.EventSelectors is { Count: > MaxSelectors })
            throw Bad($"A trail can have at most {MaxSelectors} event selectors.");

        foreach (var selector in request.EventSelectors ?? [])
            CheckBasic(selector);
        foreach (var selector in request.AdvancedEventSelectors ?? [])
            CheckAdvanced(selector);
        if (request.AdvancedEventSelectors?.Sum(selector => selector.FieldSelectors!.Sum(Values)) > MaxValues)
            throw Bad($"A trail can have at most {MaxValues} values for all advanced event selectors.");
    }

    /// <summary>A basic selector as AWS shows it: with what was left out.</summary>
    public static EventSelector WithDefaults(EventSelector selector) => new()
    {
        ReadWriteType = selector.ReadWriteType ?? "All",
        IncludeManagementEvents = selector.IncludeManagementEvents ?? true,
        DataResources = selector.DataResources ?? [],
        ExcludeManagementEventSources = selector.ExcludeManagementEventSources ?? [],
    };

    private static void CheckBasic(EventSelector selector)
    {
        if (selector.ReadWriteType is not (null or "All" or "ReadOnly" or "WriteOnly"))
            throw Bad($"ReadWriteType must be All, ReadOnly or WriteOnly, not {selector.ReadWriteType}.");
        if (selector.ExcludeManagementEventSources is { Count: > 0 } excluded && (excluded.Exists(source => !Excludable.Contains(source)) || selector.IncludeManagementEvents == false))
            throw Bad($"ExcludeManagementEventSources takes {string.Join(" and ", Excludable)}, on a selector that includes management events.");
    }

    private static void CheckAdvanced(AdvancedEventSelector selector)
    {
        var fields = selector.FieldSelectors!;
        if (fields.Find(field => field.Field == "eventCategory") is not { Equals: [var category] } || !Categories.Contains(category))
            throw Bad($"Each selector needs the field eventCategory that equals one of {string.Join(", ", Categories)}.");
        foreach (var field in fields)
        {
            if (!Fields.Contains(field.Field))
                throw Bad($"{field.Field} is not a field of advanced event selectors.");
            if (Values(field) == 0)
                throw Bad($"The field {field.Field} has no operator with a value.");
        }

        if (fields.DistinctBy(field => field.Field).Count() != fields.Count)
            throw Bad("A selector names each field once.");
    }

    private static int Values(AdvancedFieldSelector field) => Operators(field).Sum(operands => operands?.Count ?? 0);

    private static List<string>?[] Operators(AdvancedFieldSelector field) =>
        [field.Equals, field.StartsWith, field.EndsWith, field.NotEquals, field.NotStartsWith, field.NotEndsWith];

    private static AwsException Bad(string message) => new("InvalidEventSelectorsException", message);

    private static AwsException BadName(string message) => new("InvalidTrailNameException", message);

    [GeneratedRegex("^[A-Za-z0-9._-]*$")]
    private static partial Regex NameCharacters { get; }

    [GeneratedRegex("[._-]{2}")]
    private static partial Regex AdjacentPunctuation { get; }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName { get; }
}
