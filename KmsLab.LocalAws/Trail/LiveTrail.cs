using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>A trail in memory: its definition, and how its delivery is doing.</summary>
internal sealed class LiveTrail(string account, TrailDefinition definition, Organization organization, DeliveryStatus? status = null)
{
    private readonly LogGroupArn? _logGroup = definition.CloudWatchLogsLogGroupArn is { } arn ? LogGroupArn.Parse(arn) : null;

    public TrailDefinition Definition { get; } = definition;

    public string Account { get; } = account;

    public string Arn { get; } = new RegionScope(account, definition.HomeRegion).Arn("cloudtrail", $"trail/{definition.Name}");

    public DeliveryStatus Status { get; } = status ?? new();

    /// <summary>Where its records go; null when it has no log group.</summary>
    public LogGroupArn? LogGroup => _logGroup;

    /// <summary>Whether it gets a record.</summary>
    public bool Takes(TrailEvent record) =>
        Definition.IsLogging && IsOf(record.Account) && IsVisibleIn(record.Region) && EventFilter.Takes(Definition, record);

    /// <summary>Tells whether it collects an account's records, and shows there: its own, or each of its organization.</summary>
    public bool IsOf(string account) => Account == account || (OrganizationId is not null && organization.Has(account));

    /// <summary>The organization whose accounts it collects; null: it collects those of its own account.</summary>
    public string? OrganizationId => Definition.IsOrganizationTrail ? organization.Id : null;

    /// <summary>A multi-Region trail shows, and collects, in every Region.</summary>
    public bool IsVisibleIn(string region) => Definition.IsMultiRegionTrail || Definition.HomeRegion == region;

    public LiveTrail With(TrailDefinition changed) => new(Account, changed, organization, Status);
}

/// <summary>A log group's ARN, <c>arn:aws:logs:region:account:log-group:name:*</c>.</summary>
internal sealed record LogGroupArn(RegionScope Scope, string Group)
{
    /// <summary>Reads an ARN.</summary>
    /// <returns>Null when it isn't one of a log group.</returns>
    public static LogGroupArn? Parse(string arn) => arn.Split(':') is ["arn", _, "logs", { Length: > 0 } region, { Length: > 0 } account, "log-group", { Length: > 0 } group, ..]
        ? new(new(account, region), group)
        : null;

    public static string Format(RegionScope scope, string group) => scope.Arn("logs", $"log-group:{group}:*");
}
