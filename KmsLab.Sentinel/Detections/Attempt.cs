using System.Buffers;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>How a call ended, as far as a change of something precious goes: done, refused for want of rights, or come to nothing.</summary>
/// <remarks>
/// Whoever is refused wanted to; that is told, too. Any other error, such as a key that is in no state for it, changed nothing and shows no intent that the
/// caller didn't have the rights for anyway. Services name the refusal differently (<see cref="ErrorKinds"/>).
/// </remarks>
internal static class Attempt
{
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \"',:*");

    public static bool IsRefused(Observation observation) =>
        observation.Record.ErrorCode is { } code && ErrorKinds.OfCode(code) == ErrorKind.Refusal;

    /// <summary>Whether it was done or refused.</summary>
    public static bool Counts(Observation observation) => observation.Succeeded || IsRefused(observation);

    /// <summary>What was done, or tried.</summary>
    public static string Describe(Observation observation, string what) => observation.Succeeded ? what : $"tried, and refused with {observation.Record.ErrorCode}: {what}";

    /// <summary>Whether the refusal names <paramref name="resource"/>: a refused call's record may have no parameters, but its message says what it was about.</summary>
    public static bool RefusalNames(Observation observation, string resource)
    {
        if (!IsRefused(observation) || observation.Record.ErrorMessage is not { } message)
            return false;

        for (var at = 0; (at = message.IndexOf(resource, at, StringComparison.Ordinal)) >= 0; at += resource.Length)
        {
            if (at + resource.Length == message.Length || !GoesOn(message[at + resource.Length]))
                return true;
        }

        return false;
    }

    /// <summary>What a refusal's message says that it was about, as the caller named it: <c>kmslab/key</c> in <c>... on resource: kmslab/key because ...</c>; null where it names nothing.</summary>
    public static string? RefusedResource(Observation observation)
    {
        const string Before = "on resource: ";
        if (!IsRefused(observation) || observation.Record.ErrorMessage is not { } message || message.IndexOf(Before, StringComparison.Ordinal) is not (>= 0 and var at))
            return null;

        var rest = message.AsSpan(at + Before.Length);
        var end = rest.IndexOf(' ');
        var named = (end < 0 ? rest : rest[..end]).TrimEnd(".,;").ToString();
        return named is "" or "*" ? null : named;
    }

    /// <summary>The ARN that a refusal's message names, for calls whose record names nothing: <c>... on resource: policy arn:aws:iam::111122223333:policy/x because ...</c></summary>
    /// <param name="observation">The call.</param>
    /// <param name="kind">Part of the ARN, such as <c>:policy/</c>.</param>
    public static string? RefusedArn(Observation observation, string kind)
    {
        const string Before = "on resource: ";
        if (!IsRefused(observation) || observation.Record.ErrorMessage is not { } message || message.IndexOf(Before, StringComparison.Ordinal) is not (>= 0 and var at)
            || message.IndexOf("arn:", at, StringComparison.Ordinal) is not (>= 0 and var start))
        {
            return null;
        }

        var rest = message.AsSpan(start);
        var end = rest.IndexOfAny(" \"',");
        var arn = (end < 0 ? rest : rest[..end]).TrimEnd(".;").ToString();
        return arn.Contains(kind, StringComparison.Ordinal) ? arn : null;
    }

    /// <summary>The name that a refusal's message gives a resource, for calls whose record has no parameters: <c>prod/abc</c> in <c>arn:aws:ecs:...:task/prod/abc</c>.</summary>
    /// <param name="observation">The call.</param>
    /// <param name="service">Part of the ARN, such as <c>:ecs:</c>.</param>
    /// <param name="kinds">What stands before the name, such as <c>task</c>.</param>
    public static string? RefusedName(Observation observation, string service, ReadOnlySpan<string> kinds)
    {
        if (!IsRefused(observation) || observation.Record.ErrorMessage is not { } message || message.IndexOf(service, StringComparison.Ordinal) is not (>= 0 and var at))
            return null;

        foreach (var kind in kinds)
        {
            foreach (var separator in (ReadOnlySpan<char>)['/', ':'])
            {
                if (message.IndexOf($":{kind}{separator}", at, StringComparison.Ordinal) is not (>= 0 and var start))
                    continue;

                var name = message.AsSpan(start + kind.Length + 2);
                var length = name.IndexOfAny(NameEnds);
                return (length < 0 ? name : name[..length]).TrimEnd("./").ToString();
            }
        }

        return null;
    }

    /// <summary>Whether a name goes on, and so is another one.</summary>
    private static bool GoesOn(char next) => char.IsAsciiLetterOrDigit(next) || next is '-' or '_' or '/' or '+' or '@';
}
