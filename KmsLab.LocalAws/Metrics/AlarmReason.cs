using System.Globalization;
using System.Text.Json.Nodes;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Says why an alarm is in its state, as CloudWatch words it.</summary>
internal static class AlarmReason
{
    /// <param name="alarm">The alarm.</param>
    /// <param name="state">Its new state.</param>
    /// <param name="points">The periods that decided, oldest first; a missing one has no value.</param>
    /// <param name="now">When they were read.</param>
    public static AlarmNews Of(AlarmRecord alarm, string state, IReadOnlyList<AlarmPoint> points, DateTimeOffset now)
    {
        var real = points.Where(point => point.Value is not null).ToList();
        return new(state, Text(alarm, state, real, points.Count), Data(alarm, real, now));
    }

    private static string Text(AlarmRecord alarm, string state, List<AlarmPoint> real, int periods)
    {
        var settings = alarm.Settings;
        if (state == AlarmState.InsufficientData)
            return $"Insufficient Data: {periods} datapoint{(periods == 1 ? " was" : "s were")} unknown.";
        if (real.Count == 0)
        {
            var treatment = settings.TreatMissingData == "breaching" ? "Breaching" : "NonBreaching";
            return $"Threshold Crossed: no datapoints were received for {periods} period{(periods == 1 ? "" : "s")} and {periods} missing datapoint{(periods == 1 ? " was" : "s were")} treated as [{treatment}].";
        }

        var alarming = state == AlarmState.Alarm;
        var shown = alarming ? real.Where(point => point.Breaching).ToList() : real;
        if (shown.Count == 0)
            shown = real;
        var needed = settings.DatapointsToAlarm ?? settings.EvaluationPeriods!.Value;
        var count = settings.EvaluationPeriods == 1 ? "1 datapoint" : $"{shown.Count} out of the last {settings.EvaluationPeriods} datapoints";
        var minimum = alarming ? needed : settings.EvaluationPeriods!.Value - needed + 1;
        return string.Create(CultureInfo.InvariantCulture, $"Threshold Crossed: {count} [{string.Join(", ", shown.Select(Shown))}] {(shown.Count == 1 ? "was" : "were")} {(alarming ? "" : "not ")}{Comparison(settings.ComparisonOperator!)} the threshold ({Number(settings.Threshold!.Value)}) (minimum {minimum} datapoint{(minimum == 1 ? "" : "s")} for {(alarming ? "OK -> ALARM" : "ALARM -> OK")} transition).");
    }

    private static string Data(AlarmRecord alarm, List<AlarmPoint> real, DateTimeOffset now)
    {
        var (_, period, statistic, unit) = alarm.Watched();
        var data = new JsonObject { ["version"] = "1.0", ["queryDate"] = AlarmNotice.Instant(now) };
        if (real.Count > 0)
            data["startDate"] = AlarmNotice.Instant(real[0].Start);
        if (unit is not null)
            data["unit"] = unit;
        data["statistic"] = statistic.Name;
        data["period"] = period;
        data["recentDatapoints"] = new JsonArray([.. real.Select(point => (JsonNode?)point.Value)]);
        data["threshold"] = alarm.Settings.Threshold;
        data["evaluatedDatapoints"] = new JsonArray([.. real.AsEnumerable().Reverse().Select(point => (JsonNode?)new JsonObject
        {
            ["timestamp"] = AlarmNotice.Instant(point.Start),
            ["sampleCount"] = point.Samples,
            ["value"] = point.Value,
        })]);
        return data.ToJsonString();
    }

    private static string Shown(AlarmPoint point) => $"{Number(point.Value!.Value)} ({point.Start.UtcDateTime.ToString("dd/MM/yy HH:mm:ss", CultureInfo.InvariantCulture)})";

    private static string Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15
        ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Comparison(string comparison) => comparison switch
    {
        "GreaterThanOrEqualToThreshold" => "greater than or equal to",
        "GreaterThanThreshold" => "greater than",
        "LessThanThreshold" => "less than",
        _ => "less than or equal to",
    };
}

/// <summary>One period of an alarm.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Value">The statistic; null without data.</param>
/// <param name="Samples">How many samples are behind it.</param>
/// <param name="Breaching">Whether it is on the wrong side of the threshold.</param>
internal readonly record struct AlarmPoint(DateTimeOffset Start, double? Value, double Samples, bool Breaching);
