using System.Text;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sts;

/// <summary>Checks what STS demands of sessions beyond their members' own constraints.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html</remarks>
internal static class SessionRules
{
    /// <summary>The reason for which session policies are refused.</summary>
    public const string NoPolicies = "KmsLab LocalAws has no IAM: a session policy would limit nothing. LocalAws:Denials refuses calls.";

    private const int PackedLimit = 2048;

    /// <summary>Checks session tags.</summary>
    /// <returns>How much of the room for them they take, in percent; null: there are none.</returns>
    /// <exception cref="AwsException">InvalidParameterValue or PackedPolicyTooLarge.</exception>
    public static int? Check(List<Tag>? tags, List<string>? transitive = null)
    {
        if (transitive?.Find(key => tags?.Exists(tag => Same(tag.Key!, key)) != true) is { })
            throw Invalid("The specified transitive tag key must be included in the requested tags.");
        if (tags is not { Count: > 0 })
            return null;
        if (tags.DistinctBy(tag => tag.Key, StringComparer.OrdinalIgnoreCase).Count() < tags.Count)
            throw Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        if (tags.Exists(tag => tag.Key!.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)))
            throw Invalid("Tag keys that begin with aws: are reserved.");

        // How AWS packs them is not published; that they must not take more than all the room is.
        var bytes = tags.Sum(tag => Encoding.UTF8.GetByteCount(tag.Key!) + Encoding.UTF8.GetByteCount(tag.Value!));
        var percent = ((bytes * 100) + PackedLimit - 1) / PackedLimit;
        return percent <= 100
            ? percent
            : throw new AwsException("PackedPolicyTooLargeException", $"Packed size of session tags consumes {percent}% of allotted space.") { QueryCode = "PackedPolicyTooLarge" };
    }

    /// <summary>Tells whether a caller proves a second factor. Each code is right: there are no devices here.</summary>
    /// <exception cref="AwsException">AccessDenied: half of a proof.</exception>
    public static bool HasSecondFactor(string? serialNumber, string? code) => (serialNumber, code) switch
    {
        (null, null) => false,
        ({ }, { }) => true,
        _ => throw new AwsException(
            "AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.", StatusCodes.Status403Forbidden),
    };

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static AwsException Invalid(string message) => new("InvalidParameterValue", message);
}
