using System.Globalization;
using System.Text.Json;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>A queue's dead-letter queue: a message that was received so often goes there instead of being received again.</summary>
/// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html</remarks>
/// <param name="TargetArn">The dead-letter queue.</param>
/// <param name="MaxReceiveCount">How often a message may be received: 1 to 1,000.</param>
internal sealed record RedrivePolicy(string TargetArn, int MaxReceiveCount)
{
    /// <summary>Reads the attribute.</summary>
    /// <exception cref="AwsException">InvalidParameterValue, which says what is wrong with it.</exception>
    public static RedrivePolicy Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("deadLetterTargetArn", out var target) || target.ValueKind != JsonValueKind.String)
                throw Invalid(text, "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
            if (!root.TryGetProperty("maxReceiveCount", out var count))
                throw Invalid(text, "Redrive policy does not contain mandatory attribute: maxReceiveCount.");
            if (!int.TryParse(count.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var times) || times is < 1 or > 1000)
                throw Invalid(text, $"Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive.");
            return new(target.GetString()!, times);
        }
        catch (JsonException)
        {
            throw Invalid(text, "Redrive policy is not a valid JSON map.");
        }
        catch (InvalidOperationException)
        {
            // A string that is no Unicode text.
            throw Invalid(text, "Redrive policy is not a valid JSON map.");
        }
    }

    public static AwsException Invalid(string text, string reason) => SqsErrors.InvalidParameter($"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}");
}
