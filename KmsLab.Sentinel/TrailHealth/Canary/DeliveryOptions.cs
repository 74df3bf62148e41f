namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>The section <c>Sentinel:Delivery</c>: how long the trail may be quiet before somebody is told.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>
    /// A canary that a source has not brought back so long after its call is late: <c>delivery-silent</c> says so, the watermark stands still, and the event
    /// history is read meanwhile. CloudTrail delivers in about 5 minutes on average and promises nothing.
    /// </summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A canary that the event history has, and a source has not after so long, was kept from it: <c>trail-blinding</c>.</summary>
    public TimeSpan BlindedAfter { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>A source that can't be read for so long is a matter for <c>delivery-silent</c>.</summary>
    public TimeSpan UnreadableAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Where there is no canary: a source that brings no new record for so long is a matter for <c>delivery-silent</c>. Null: quiet is quiet.</summary>
    public TimeSpan? NoRecordsAfter { get; set; }

    /// <summary>How often these are looked at: an alarm goes on while a look finds its reason.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (LateAfter <= TimeSpan.Zero || UnreadableAfter <= TimeSpan.Zero || LookInterval <= TimeSpan.Zero || NoRecordsAfter <= TimeSpan.Zero)
            yield return "Sentinel:Delivery: LateAfter, UnreadableAfter, NoRecordsAfter and LookInterval must be more than zero, for instance 00:15:00";
        if (BlindedAfter < LateAfter)
            yield return "Sentinel:Delivery:BlindedAfter must not be less than LateAfter";
    }
}
