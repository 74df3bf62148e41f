using System.ComponentModel.DataAnnotations;

namespace KmsLab.LocalAws.Sns;

/// <summary>The section <c>LocalAws:Sns</c>.</summary>
public sealed class SnsOptions
{
    /// <summary>Deliver to http(s) subscriptions on other machines. Otherwise only loopback endpoints can subscribe.</summary>
    public bool AllowRemoteEndpoints { get; set; }

    /// <summary>How often a failed HTTP delivery is tried again; SNS's own default is three times.</summary>
    [Range(0, 100, ErrorMessage = "LocalAws:Sns:Retries must be from 0 to 100.")]
    public int Retries { get; set; } = 3;

    /// <summary>The wait before each retry; SNS's own default is 20 seconds.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(20);
}
