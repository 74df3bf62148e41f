using System.Text.RegularExpressions;

namespace KmsLab.ServiceDefaults.Aws;

/// <summary>
/// Tells names of AWS Regions from other texts: one that comes from a message or a record must not choose the host that is called.
/// </summary>
public static partial class AwsRegion
{
    /// <summary>Tells whether a text is built like a Region's name, such as <c>eu-west-1</c> or <c>us-isob-east-1</c>.</summary>
    public static bool IsName(string? text) => text is not null && Name.IsMatch(text);

    [GeneratedRegex("^[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$")]
    private static partial Regex Name { get; }
}
