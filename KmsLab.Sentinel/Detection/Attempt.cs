namespace KmsLab.Sentinel.Detection;

/// <summary>How a call ended, as far as a change of something precious goes: done, refused for want of rights, or come to nothing.</summary>
/// <remarks>
/// Whoever is refused wanted to; that is told, too. Any other error, such as a key that is in no state for it, changed nothing and shows no intent that the
/// caller didn't have the rights for anyway. Services name the refusal differently.
/// </remarks>
internal static class Attempt
{
    public static bool IsRefused(Observation observation) =>
        observation.Record.ErrorCode is "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "Client.UnauthorizedOperation" or "AuthorizationError" or "AuthorizationErrorException";

    /// <summary>Whether it was done or refused.</summary>
    public static bool Counts(Observation observation) => observation.Succeeded || IsRefused(observation);

    /// <summary>What was done, or tried.</summary>
    public static string Describe(Observation observation, string what) => observation.Succeeded ? what : $"tried, and refused with {observation.Record.ErrorCode}: {what}";

    /// <summary>Whether the refusal names <paramref name="arn"/>: a refused call's record may have no parameters, but its message says what it was about.</summary>
    public static bool RefusalNames(Observation observation, string arn) =>
        IsRefused(observation) && observation.Record.ErrorMessage is { } message && message.Contains(arn, StringComparison.Ordinal);
}
