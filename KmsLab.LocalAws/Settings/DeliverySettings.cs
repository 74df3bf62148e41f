using System.ComponentModel.DataAnnotations;

namespace KmsLab.LocalAws.Settings;

/// <summary>How records travel from the call to the log group: at once by default, or as AWS really does it.</summary>
/// <remarks>
/// AWS: about 5 minutes on average, in batches, in no order, sometimes twice with the same eventID, over several streams at volume
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html).
/// </remarks>
public sealed class DeliverySettings : IValidatableObject
{
    /// <summary>The least time between call and delivery.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The greatest; each record takes some time between both. Zero: always <see cref="Delay"/>.</summary>
    public TimeSpan MaxDelay { get; set; }

    /// <summary>Deliveries happen at multiples of this; zero: each record by itself.</summary>
    public TimeSpan BatchInterval { get; set; }

    /// <summary>Records that are due together arrive in no order.</summary>
    public bool Shuffle { get; set; }

    /// <summary>How many of a hundred records come a second time, with the same eventID.</summary>
    public double DuplicatePercent { get; set; }

    /// <summary>Over how many streams of the group: <c>{account}_CloudTrail_{region}</c>, then <c>_1</c>, <c>_2</c>, ...</summary>
    public int Streams { get; set; } = 1;

    /// <summary>The trail goes silent: records wait until it is false again.</summary>
    public bool Stopped { get; set; }

    /// <summary>Records of refused calls (AccessDenied) lack requestParameters and resources, as AWS's may.</summary>
    public bool BareDenials { get; set; }

    /// <summary>Makes delays, order and duplicates repeatable.</summary>
    public int Seed { get; set; }

    /// <summary>Whether a record goes to the log group in the same commit as into the history.</summary>
    internal bool IsInstant => Delay == TimeSpan.Zero && MaxDelay == TimeSpan.Zero && BatchInterval == TimeSpan.Zero && !Shuffle && !Stopped;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Delay < TimeSpan.Zero || Delay > TimeSpan.FromDays(1))
            yield return new("Delay must be from 00:00:00 to 1.00:00:00.", [nameof(Delay)]);
        if (MaxDelay != TimeSpan.Zero && (MaxDelay < Delay || MaxDelay > TimeSpan.FromDays(1)))
            yield return new("MaxDelay must be 00:00:00, or from Delay to 1.00:00:00.", [nameof(MaxDelay)]);
        if (BatchInterval < TimeSpan.Zero || BatchInterval > TimeSpan.FromDays(1))
            yield return new("BatchInterval must be from 00:00:00 to 1.00:00:00.", [nameof(BatchInterval)]);
        if (DuplicatePercent is not (>= 0 and <= 100))
            yield return new("DuplicatePercent must be from 0 to 100.", [nameof(DuplicatePercent)]);
        if (Streams is < 1 or > 100)
            yield return new("Streams must be from 1 to 100.", [nameof(Streams)]);
    }
}
