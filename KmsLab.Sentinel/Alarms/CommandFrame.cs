using System.Text.RegularExpressions;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Fits a runbook's commands to where Sentinel runs: with the lab's endpoint in a lab, so that none of them can reach a real account; with Region and profile elsewhere.</summary>
/// <param name="EndpointUrl">The endpoint that stands for AWS; null for AWS itself.</param>
/// <param name="Region">The Region of commands that name none themselves.</param>
/// <param name="Profile">The profile of people's AWS CLI; null for whichever is theirs.</param>
internal sealed partial record CommandFrame(string? EndpointUrl, string? Region, string? Profile)
{
    /// <summary>Of the settings of Sentinel's own AWS clients.</summary>
    public static CommandFrame Of(IConfiguration? configuration, AlarmOptions options) =>
        new(Given(configuration?["AWS:ServiceURL"]), Given(configuration?["AWS:Region"]), Given(options.CommandProfile));

    /// <summary>All steps; sentences stay.</summary>
    public IReadOnlyList<string> Fit(IReadOnlyList<string> steps) => [.. steps.Select(step => Wording.IsCommand(step) ? Fit(step) : step)];

    private string Fit(string command)
    {
        if (EndpointUrl is not null && !command.Contains(" --endpoint-url ", StringComparison.Ordinal))
            command += $" --endpoint-url {EndpointUrl}";
        if (!command.Contains(" --region ", StringComparison.Ordinal) && (RegionIn(command) ?? Region) is { } region)
            command += $" --region {region}";
        return EndpointUrl is null && Profile is not null && !command.Contains(" --profile ", StringComparison.Ordinal) ? $"{command} --profile {Profile}" : command;
    }

    /// <summary>A key is asked for in its own Region.</summary>
    private static string? RegionIn(string command) => KeyArn().Match(command) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("arn:aws[a-z-]*:kms:([a-z0-9-]+):")]
    private static partial Regex KeyArn();

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.TrimEnd('/');
}
