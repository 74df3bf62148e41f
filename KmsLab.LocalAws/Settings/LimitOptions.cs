using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Settings;

/// <summary>Limits on how often operations may be called: the section <c>LocalAws:Limits</c>. Without it there are none.</summary>
public sealed class LimitOptions
{
    /// <summary>Hold AWS's own limits, for what <see cref="Rules"/> don't cover.</summary>
    public bool Aws { get; set; }

    /// <summary>Limits of the lab's own. The first that covers an operation counts.</summary>
    [ValidateEnumeratedItems]
    public List<LimitRule> Rules { get; set; } = [];
}

/// <summary>A limit that all operations which it covers share, for each account and Region: <c>LocalAws:Limits:Rules:[n]</c>.</summary>
public sealed class LimitRule : IValidatableObject
{
    /// <summary>Actions as IAM writes them, such as <c>logs:FilterLogEvents</c>; <c>*</c> stands for any characters.</summary>
    public List<string> Actions { get; set; } = [];

    /// <summary>Calls a second; null: any number.</summary>
    public double? RequestsPerSecond { get; set; }

    /// <summary>Bytes of answers a second; null: any number.</summary>
    public double? BytesPerSecond { get; set; }

    /// <summary>Bytes of requests' bodies a second, such as what PutLogEvents brings; null: any number.</summary>
    public double? RequestBytesPerSecond { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Actions.Count == 0 || Actions.Exists(string.IsNullOrWhiteSpace))
            yield return new("Actions is empty: name some as IAM does, such as logs:FilterLogEvents or kms:*.", [nameof(Actions)]);
        if (RequestsPerSecond is null && BytesPerSecond is null && RequestBytesPerSecond is null)
            yield return new("A limit needs RequestsPerSecond or BytesPerSecond or RequestBytesPerSecond.", [nameof(RequestsPerSecond)]);
        if (RequestsPerSecond is <= 0 or double.NaN || BytesPerSecond is <= 0 or double.NaN || RequestBytesPerSecond is <= 0 or double.NaN)
            yield return new("RequestsPerSecond, BytesPerSecond and RequestBytesPerSecond must be greater than 0.", [nameof(RequestsPerSecond)]);
    }
}
