using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Reads which events a trail logs.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html</remarks>
public partial class GetEventSelectorsRequest : AmazonCloudTrailRequest
{
    /// <summary>A name or an ARN.</summary>
    public string TrailName { get; set; }
}

/// <summary>Which events the trail logs: basic selectors or advanced ones, never both.</summary>
public partial class GetEventSelectorsResponse : AmazonWebServiceResponse
{
    public List<AdvancedEventSelector> AdvancedEventSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<AdvancedEventSelector>() : null;

    public List<EventSelector> EventSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<EventSelector>() : null;

    public string TrailARN { get; set; }
}

/// <summary>An advanced selector: an event must match all of its field selectors.</summary>
public partial class AdvancedEventSelector
{
    public List<AdvancedFieldSelector> FieldSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<AdvancedFieldSelector>() : null;

    public string Name { get; set; }
}

/// <summary>What a field of the record must hold.</summary>
public partial class AdvancedFieldSelector
{
    public List<string> EndsWith { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public new List<string> Equals { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string Field { get; set; }

    public List<string> NotEndsWith { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public List<string> NotEquals { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public List<string> NotStartsWith { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public List<string> StartsWith { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;
}

/// <summary>A basic selector.</summary>
public partial class EventSelector
{
    public List<DataResource> DataResources { get; set; } = AWSConfigs.InitializeCollections ? new List<DataResource>() : null;

    /// <summary>Empty, <c>kms.amazonaws.com</c> or <c>rdsdata.amazonaws.com</c>.</summary>
    public List<string> ExcludeManagementEventSources { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public bool? IncludeManagementEvents { get; set; }

    public ReadWriteType ReadWriteType { get; set; }
}

/// <summary>The data events of some resources.</summary>
public partial class DataResource
{
    public string Type { get; set; }

    public List<string> Values { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;
}
