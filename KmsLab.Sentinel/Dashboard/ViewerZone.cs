using System.Globalization;
using Microsoft.JSInterop;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>The viewer's time zone. The browser tells it: the server's container may have no time zone data at all.</summary>
public sealed class ViewerZone(IJSRuntime js)
{
    /// <summary>As far back as the history of alarms is kept by default.</summary>
    private const int DaysBack = 400;

    /// <summary>As far ahead as a silence may reach by default.</summary>
    private const int DaysAhead = 31;

    private IReadOnlyList<ZoneOffset> _offsets = [];

    /// <summary>Its name, such as <c>Europe/Madrid</c>.</summary>
    public string Name { get; private set; } = "UTC";

    /// <summary>Asks the browser, once for each page that is opened.</summary>
    /// <param name="module">The address of <c>js/viewer.js</c>.</param>
    public async Task AskAsync(string module)
    {
        await using var viewer = await js.InvokeAsync<IJSObjectReference>("import", module);
        var zone = await viewer.InvokeAsync<ZoneAnswer>("zone", DaysBack, DaysAhead);
        (Name, _offsets) = (zone.Name, zone.Offsets);
    }

    /// <summary>An instant on the viewer's clock.</summary>
    public DateTime Local(DateTimeOffset at) => at.UtcDateTime.AddMinutes(OffsetAt(at.ToUnixTimeMilliseconds()));

    /// <summary>Time of day for what is of today, the date before it otherwise.</summary>
    public string Text(DateTimeOffset at, DateTimeOffset now)
    {
        var (local, today) = (Local(at), Local(now).Date);
        var format = local.Date == today ? "HH:mm:ss" : local.Year == today.Year ? "MMM d, HH:mm" : "MMM d yyyy, HH:mm";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    private double OffsetAt(long at)
    {
        var minutes = _offsets is [var first, ..] ? first.Minutes : 0;
        foreach (var offset in _offsets.TakeWhile(offset => offset.From <= at))
            minutes = offset.Minutes;
        return minutes;
    }

    private sealed record ZoneAnswer(string Name, IReadOnlyList<ZoneOffset> Offsets);

    /// <summary>From an instant on (Unix milliseconds), so many minutes ahead of UTC.</summary>
    private sealed record ZoneOffset(double From, double Minutes);
}
