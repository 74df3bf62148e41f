namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>One day of a normal trail.</summary>
/// <param name="Start">Its midnight (UTC).</param>
/// <param name="Number">Counted from the trail's first day.</param>
/// <param name="Level">How busy everybody is: growth, and days that are busier than others.</param>
internal readonly record struct Day(DateTimeOffset Start, int Number, double Level)
{
    public IEnumerable<DateTimeOffset> Hours
    {
        get
        {
            for (var hour = 0; hour < 24; hour++)
                yield return Start.AddHours(hour);
        }
    }
}
