using Microsoft.AspNetCore.Http;

namespace KmsLab.ServiceDefaults.ApiKeys;

/// <summary>Where a request carries its key: in <c>X-Api-Key</c>, or in <c>Authorization: Bearer</c>.</summary>
public static class ApiKeyHeader
{
    /// <summary>The header that is looked at first.</summary>
    public const string Name = "X-Api-Key";

    private const string Bearer = "Bearer ";

    /// <summary>The key that came along; null or empty without one.</summary>
    public static string? Read(HttpRequest request)
    {
        if (request.Headers.TryGetValue(Name, out var key))
            return key.ToString();
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }
}
