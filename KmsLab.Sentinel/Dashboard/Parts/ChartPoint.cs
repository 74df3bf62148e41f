namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>A point of a chart. Instants are in UTC: on the viewer's clock two of them may be the same, when the clock is put back.</summary>
/// <param name="At">When.</param>
/// <param name="Value">What the chart counts.</param>
public sealed record ChartPoint(DateTime At, double Value);

/// <summary>What would be normal at a point of a chart.</summary>
/// <param name="At">When.</param>
/// <param name="Low">The least.</param>
/// <param name="High">The most.</param>
public sealed record ChartBand(DateTime At, double Low, double High);

/// <summary>An alarm on a chart's time axis.</summary>
/// <param name="At">When it began.</param>
/// <param name="Value">Where it stands over the axis.</param>
/// <param name="Id">The alarm.</param>
/// <param name="Title">The alarm's.</param>
public sealed record ChartAlarm(DateTime At, double Value, string Id, string Title);
