using System.Diagnostics;

namespace KmsLab.CryptoApi.Telemetry;

/// <summary>Spans of this service. They name operations, never what was asked for: no name, token, text or context.</summary>
internal static class CryptoActivities
{
    public const string SourceName = "KmsLab.CryptoApi";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A call to KMS; null when nobody traces.</summary>
    public static Activity? StartKms(string operation)
    {
        var activity = Source.StartActivity($"KMS {operation}", ActivityKind.Client);
        activity?.SetTag("rpc.system", "aws-api").SetTag("rpc.service", "KMS").SetTag("rpc.method", operation);
        return activity;
    }
}
