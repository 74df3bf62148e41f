using System.ComponentModel.DataAnnotations;

namespace KmsLab.LocalAws.Settings;

/// <summary>How calls go wrong, or just take their time: <c>LocalAws:Faults:[n]</c>. Of several that cover a call the first counts.</summary>
public sealed class FaultRule : IValidatableObject
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The action as IAM writes it, such as <c>kms:Decrypt</c>; <c>*</c> stands for any characters.</summary>
    public string Action { get; set; } = "";

    /// <summary>Wait before serving the call; longer than a client's patience is a timeout.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Answer with this error, such as <c>ThrottlingException</c>, instead of serving the call. Empty: serve it.</summary>
    public string? Error { get; set; }

    /// <summary>The error's HTTP status.</summary>
    public int Status { get; set; } = StatusCodes.Status400BadRequest;

    /// <summary>How many of a hundred calls it meets.</summary>
    public double Percent { get; set; } = 100;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Action))
            yield return new("Action is empty: name one as IAM does, such as kms:Decrypt or kms:*.", [nameof(Action)]);
        if (Latency < TimeSpan.Zero || Latency > Longest)
            yield return new("Latency must be from 00:00:00 to 01:00:00.", [nameof(Latency)]);
        if (Status is < 400 or > 599)
            yield return new("Status must be from 400 to 599.", [nameof(Status)]);
        if (Percent is not (>= 0 and <= 100))
            yield return new("Percent must be from 0 to 100.", [nameof(Percent)]);
    }
}
