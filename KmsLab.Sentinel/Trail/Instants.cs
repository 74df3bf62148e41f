using System.Globalization;

namespace KmsLab.Sentinel.Trail;

/// <summary>Writes instants in words of alarms.</summary>
internal static class Instants
{
    /// <summary>Writes an instant as CloudTrail does, in UTC and whole seconds: <c>2026-11-23T12:00:00Z</c>.</summary>
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
