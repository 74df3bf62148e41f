namespace Amazon.CloudWatch.Model;

/// <summary>A name and value that is part of a metric's identity.</summary>
public partial class Dimension
{
    public string Name { get; set; }

    public string Value { get; set; }
}
