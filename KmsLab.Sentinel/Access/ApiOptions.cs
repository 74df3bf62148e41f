using KmsLab.ServiceDefaults.ApiKeys;

namespace KmsLab.Sentinel.Access;

/// <summary>The section <c>Sentinel:Api</c>: who may look, and change things; people exchange such a key for a session at the login.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Sentinel:Api";

    public const string KeysSection = $"{Section}:Keys";

    /// <summary>The clients that may. One may stand there twice, with its old and its new key, while it changes them.</summary>
    public IList<ApiClientOptions> Keys { get; } = [];

    /// <summary>
    /// Lets programs and browsers on the same machine in without a key. For the lab: behind a proxy on the same machine everybody would be one of them,
    /// and so requests that a proxy has marked as forwarded need a key even then.
    /// </summary>
    public bool OpenOnLoopback { get; set; }

    public IEnumerable<string> Validate() => ApiClientOptions.Check([.. Keys], KeysSection).Select(error => error.TrimEnd('.'));
}
