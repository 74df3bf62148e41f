using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KmsLab.LocalAws.Wire;

/// <summary>Checks a request against its constraints, in AWS's words.</summary>
/// <remarks>The messages are those of AWS's own framework: <c>1 validation error detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1</c>.</remarks>
internal static class Validator
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    /// <param name="shape">The request's shape.</param>
    /// <param name="request">The request.</param>
    /// <param name="errorCode">The service's code for a member that breaks a constraint.</param>
    /// <param name="queryErrorCode">That code in Query, where it is another.</param>
    /// <param name="notServed">The service's error for a member that isn't served here.</param>
    /// <exception cref="AwsException">
    /// The service's validation error, naming every member that breaks a constraint; or its refusal of a member that isn't served here.
    /// </exception>
    public static void Check(Shape shape, object request, string errorCode, string? queryErrorCode, Func<string, AwsException> notServed)
    {
        var found = default(Findings);
        Check(shape, request, "", ref found);
        if (found.Errors is { } errors)
        {
            var message = $"{errors.Count} validation error{(errors.Count == 1 ? "" : "s")} detected: {string.Join("; ", errors)}";
            throw new AwsException(errorCode, message) { QueryCode = queryErrorCode };
        }

        if (found.NotServed is { } why)
            throw notServed(why);
    }

    /// <summary>A single error in the same words, for a rule that a handler checks.</summary>
    public static AwsException Error(string errorCode, string value, string member, string rule) =>
        new(errorCode, $"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}");

    /// <summary>A member that is missing though the model lets it be.</summary>
    public static AwsException Missing(string errorCode, string member) =>
        new(errorCode, $"1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null");

    private static void Check(Shape shape, object value, string path, ref Findings found)
    {
        for (var i = 0; i < shape.Members.Count; i++)
        {
            var member = shape.Members[i];
            if (member.Constraint is null && member.Nested is null && !member.IsCollection && member.NotServed is null)
                continue;

            var content = member.Get(value);
            if (member.NotServed is { } why && IsAsked(content))
                found.NotServed ??= $"{path}{member.TrailName}: {why}";
            if (member.IsCollection && content is not null)
                CheckNulls(content, path + member.TrailName, ref found);
            if (member.Constraint is { } constraint)
                Check(constraint, content, path, member, ref found);
            if (member.Nested is { } nested && content is not null)
                CheckNested(nested, content, path + member.TrailName, ref found);
        }
    }

    // False, and a list without anything in it, ask for nothing.
    private static bool IsAsked(object? content) => content is not (null or false or ICollection { Count: 0 });

    // No list or map of AWS's holds nulls, so handlers need not look for them.
    private static void CheckNulls(object content, string path, ref Findings found)
    {
        foreach (var item in content is IDictionary map ? map.Values : (IEnumerable)content)
        {
            if (item is null)
                (found.Errors ??= []).Add($"Value null at '{path}.member' failed to satisfy constraint: Member must not be null");
            else if (item is IList or IDictionary)
                CheckNulls(item, path + ".member", ref found);
        }
    }

    private static void CheckNested(Shape nested, object content, string path, ref Findings found)
    {
        if (content is IDictionary map)
        {
            foreach (var item in map.Values)
            {
                if (item is not null and not string)
                    CheckNested(nested, item, path + ".member", ref found);
            }
        }
        else if (content is IList list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is { } item)
                    CheckNested(nested, item, string.Create(CultureInfo.InvariantCulture, $"{path}.{i + 1}.member"), ref found);
            }
        }
        else
        {
            Check(nested, content, path + ".", ref found);
        }
    }

    private static void Check(ConstraintAttribute constraint, object? content, string path, Shape.Member member, ref Findings found)
    {
        if (content is null)
        {
            if (constraint.Required)
                (found.Errors ??= []).Add($"Value null at '{path}{member.TrailName}' failed to satisfy constraint: Member must not be null");
            return;
        }

        if (Broken(constraint, content) is { } rule)
            (found.Errors ??= []).Add($"Value {Shown(content, member.IsOnTrail)}at '{path}{member.TrailName}' failed to satisfy constraint: {rule}");
    }

    private static string? Broken(ConstraintAttribute constraint, object content) => content switch
    {
        string text => BrokenLength(constraint, text.Length) ?? BrokenText(constraint, text),
        byte[] blob => BrokenLength(constraint, blob.Length),
        ICollection { Count: var count } collection => BrokenLength(constraint, count) ?? BrokenItems(constraint, collection),
        int number => BrokenRange(constraint, number),
        long number => BrokenRange(constraint, number),
        _ => null,
    };

    private static string? BrokenLength(ConstraintAttribute constraint, int length) =>
        length < constraint.MinLength ? $"Member must have length greater than or equal to {constraint.MinLength}"
        : length > constraint.MaxLength ? $"Member must have length less than or equal to {constraint.MaxLength}"
        : null;

    private static string? BrokenRange(ConstraintAttribute constraint, long number) =>
        number < constraint.Min ? $"Member must have value greater than or equal to {constraint.Min}"
        : number > constraint.Max ? $"Member must have value less than or equal to {constraint.Max}"
        : null;

    private static string? BrokenText(ConstraintAttribute constraint, string text)
    {
        if (constraint.Values is { } values && !values.Contains(text))
            return $"Member must satisfy enum value set: [{string.Join(", ", values)}]";
        return constraint.Pattern is { } pattern && !Matches(pattern, text) ? $"Member must satisfy regular expression pattern: {pattern}" : null;
    }

    private static string? BrokenItems(ConstraintAttribute constraint, ICollection items)
    {
        if (constraint.Values is not { } values)
            return null;
        foreach (var item in items)
        {
            if (item is string text && !values.Contains(text))
                return $"Member must satisfy constraint: [Member must satisfy enum value set: [{string.Join(", ", values)}]]";
        }

        return null;
    }

    private static bool Matches(string pattern, string text) => Patterns
        .GetOrAdd(pattern, static p => new Regex($@"\A(?:{p})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))
        .IsMatch(text);

    // Of blobs and secrets AWS says only where they are.
    private static string Shown(object content, bool mayBeShown) => content switch
    {
        byte[] => "",
        _ when !mayBeShown => "",
        string text => $"'{text}' ",
        IDictionary => "'{...}' ",
        IEnumerable list => $"'[{string.Join(", ", list.Cast<object?>())}]' ",
        _ => $"'{Convert.ToString(content, CultureInfo.InvariantCulture)}' ",
    };

    /// <summary>Collects what is wrong with a request.</summary>
    private struct Findings
    {
        public List<string>? Errors;
        public string? NotServed;
    }
}
