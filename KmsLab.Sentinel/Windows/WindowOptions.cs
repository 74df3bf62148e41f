namespace KmsLab.Sentinel.Windows;

/// <summary>Settings of the section <c>Sentinel</c> for windows.</summary>
internal sealed class WindowOptions
{
    /// <summary>More groups of a detection than this share one, <c>Other</c>.</summary>
    public int MaxGroups { get; set; } = 10_000;
}
