using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace KmsLab.AppHost.Settings;

/// <summary>Knows which settings hold a secret of the user's, and keeps them out of manifests.</summary>
internal static partial class SecretSettings
{
    /// <summary>Longest name that Aspire gives a resource.</summary>
    private const int LongestName = 64;

    private static readonly string[] Names = ["Secret", "SecretAccessKey", "ClientSecret", "Password", "ApiKey", "RoutingKey"];

    private static readonly string[] Passwords = ["Password", "Pwd"];

    /// <summary>Tells if a setting is a secret: by its name, as a webhook's address, or as a connection string with a password in it.</summary>
    public static bool IsSecret(string key, string value) =>
        value.Length > 0
        && (Names.Contains(key[(key.LastIndexOf(':') + 1)..], StringComparer.OrdinalIgnoreCase)
            || WebhookUrl().IsMatch(key)
            || (ConnectionString().IsMatch(key) && HasPassword(value)));

    /// <summary>The parameter that stands for a setting in a manifest: whoever deploys gives its value.</summary>
    public static IResourceBuilder<ParameterResource> ParameterOf(this IDistributedApplicationBuilder builder, string key)
    {
        var name = NameOf(key);
        return builder.Resources.OfType<ParameterResource>().FirstOrDefault(one => one.Name == name) is { } there
            ? builder.CreateResourceBuilder(there)
            : builder.AddParameter(name, secret: true).WithDescription($"The setting {key}.");
    }

    private static bool HasPassword(string connection)
    {
        try
        {
            var parsed = new DbConnectionStringBuilder { ConnectionString = connection };
            return Passwords.Any(parsed.ContainsKey);
        }
        catch (ArgumentException)
        {
            return true; // Nobody knows what is in it.
        }
    }

    private static string NameOf(string key)
    {
        var name = NoLetterOrDigit().Replace(key.ToLowerInvariant(), "-");
        if (name.Length <= LongestName)
            return name;
        var rest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        return $"{name[..(LongestName - rest.Length - 1)].TrimEnd('-')}-{rest}";
    }

    /// <summary>A path or a query of it lets whoever knows it post in the user's name.</summary>
    [GeneratedRegex("^Sentinel:Notifications:(Webhooks:[^:]+|Heartbeat):Url$", RegexOptions.IgnoreCase)]
    private static partial Regex WebhookUrl();

    [GeneratedRegex("^ConnectionStrings:[^:]+$", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetterOrDigit();
}
