using System.Globalization;
using System.Reflection;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Http.Lists;

/// <summary>
/// Refuses query parameters that an endpoint does not know, with the nearest right name, and names those whose value can't be read: a filter that is
/// misspelt would otherwise filter nothing, in silence.
/// </summary>
internal sealed class QueryGuard
{
    private static readonly Dictionary<Type, (Func<string, bool> CanRead, string Needs)> Readable = new()
    {
        [typeof(string)] = (_ => true, ""),
        [typeof(bool)] = (text => bool.TryParse(text, out _), "must be true or false."),
        [typeof(int)] = (text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _), "must be a whole number, such as 100."),
        [typeof(DateTimeOffset)] = (
            text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "must be an instant, such as 2026-11-24T18:00:00Z."),
    };

    private readonly IReadOnlyDictionary<string, Parameter> _known;

    private QueryGuard(IReadOnlyDictionary<string, Parameter> known) => _known = known;

    /// <summary>Adds the guard to all endpoints of a group: each knows its own parameters.</summary>
    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var guard = new QueryGuard(ParametersOf(context.MethodInfo));
        return invocation => guard.Check(invocation.HttpContext) is { } problem ? ValueTask.FromResult<object?>(problem) : next(invocation);
    }

    private ValidationProblem? Check(HttpContext http)
    {
        var path = http.GetRouteData().Values;
        var known = _known.Where(parameter => !path.ContainsKey(parameter.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var errors = http.Request.Query.Select(given => (given.Key, Problem: ProblemOf(given.Key, [.. given.Value], known)))
            .Concat(known.Values.Where(parameter => parameter.IsRequired && !http.Request.Query.ContainsKey(parameter.Name))
                .Select(parameter => (Key: parameter.Name, Problem: (string?)"is missing.")))
            .Where(found => found.Problem is not null)
            .ToDictionary(found => found.Key, found => new[] { found.Problem! });
        return errors.Count > 0 ? TypedResults.ValidationProblem(errors, "Some parameters are wrong; errors says which, and what to send.") : null;
    }

    private static string? ProblemOf(string name, string?[] values, Dictionary<string, Parameter> known)
    {
        if (!known.TryGetValue(name, out var parameter))
            return $"is not known here{NearestName.Question(name, known.Keys)}{(known.Count > 0 ? $" There are {string.Join(", ", known.Keys)}." : " There are none.")}";
        if (values.Length != 1)
            return "may be given once.";
        var (canRead, needs) = Readable[parameter.Type];
        return canRead(values[0] ?? "") ? null : needs;
    }

    /// <summary>Parameters of simple types come from the query, or from the path; everything else is a service or the body.</summary>
    private static Dictionary<string, Parameter> ParametersOf(MethodInfo handler) => handler.GetParameters()
        .SelectMany(parameter => parameter.GetCustomAttribute<AsParametersAttribute>() is null ? [parameter] : parameter.ParameterType.GetConstructors()[0].GetParameters())
        .Where(parameter => parameter.GetCustomAttribute<FromHeaderAttribute>() is null)
        .Select(parameter => (parameter, Type: Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType))
        .Where(one => Readable.ContainsKey(one.Type))
        .Select(one => new Parameter(NameOf(one.parameter), one.Type, IsRequired(one.parameter)))
        .ToDictionary(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase);

    private static string NameOf(ParameterInfo parameter) => char.ToLowerInvariant(parameter.Name![0]) + parameter.Name[1..];

    private static bool IsRequired(ParameterInfo parameter) => !parameter.HasDefaultValue
        && (parameter.ParameterType.IsValueType
            ? Nullable.GetUnderlyingType(parameter.ParameterType) is null
            : new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.NotNull);

    private sealed record Parameter(string Name, Type Type, bool IsRequired);
}
