namespace Amazon.SimpleNotificationService.Model;

/// <summary>An attribute of a message, which filter policies can match.</summary>
public partial class MessageAttributeValue
{
    public MemoryStream BinaryValue { get; set; }

    public string DataType { get; set; }

    public string StringValue { get; set; }
}
