namespace Amazon.CloudWatch.Model;

/// <summary>A metric: its namespace, name and dimensions.</summary>
public partial class Metric
{
    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? new List<Dimension>() : null;

    public string MetricName { get; set; }

    public string Namespace { get; set; }
}
