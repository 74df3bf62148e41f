using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace KmsLab.ServiceDefaults.ApiReference;

/// <summary>The page that shows a service's OpenAPI document.</summary>
public static class ApiReferencePage
{
    /// <summary>
    /// Sets the page up: its script comes from the service itself; fonts, telemetry, proxy and assistant, which lie elsewhere, are off.
    /// </summary>
    /// <param name="page">The page's options.</param>
    /// <param name="title">Its title.</param>
    /// <returns>The Content-Security-Policy that forbids what is off, to be sent with the page.</returns>
    public static string Configure(ScalarOptions page, string title)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        page.WithTitle(title).WithNonce(nonce).DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp()
            .HideClientButton().HideDeveloperTools();
        return $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    }
}
