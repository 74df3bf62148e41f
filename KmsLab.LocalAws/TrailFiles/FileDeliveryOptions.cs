using System.ComponentModel.DataAnnotations;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>How often trails deliver to S3: the section <c>LocalAws:TrailFiles</c>.</summary>
public sealed class FileDeliveryOptions
{
    /// <summary>Record files come at multiples of this; AWS's come about every five minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "LocalAws:TrailFiles:Interval must be from 00:00:01 to 1.00:00:00.")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Digest files come at multiples of this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "LocalAws:TrailFiles:DigestInterval must be from 00:00:01 to 1.00:00:00.")]
    public TimeSpan DigestInterval { get; set; } = TimeSpan.FromHours(1);
}
