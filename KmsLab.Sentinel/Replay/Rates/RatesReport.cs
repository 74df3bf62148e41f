using System.Runtime.InteropServices;
using System.Text.Json;
using KmsLab.Sentinel.FastPath;
using KmsLab.Sentinel.Sources.Files;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>The calls of one key by one principal, with one operation, outcome and service.</summary>
/// <param name="Rate">The series, as a replay tells it.</param>
/// <param name="Minutes">Its calls in each minute that has any, in order.</param>
internal sealed record RateSeries(ReplayRate Rate, IReadOnlyList<(DateTimeOffset Start, long Calls)> Minutes);

/// <summary>What <c>replay --rates</c> tells.</summary>
/// <param name="Files">What became of the files.</param>
/// <param name="Records">What became of the records.</param>
/// <param name="Series">The calls, most first.</param>
internal sealed record RatesReport(ReplayFiles Files, RateTotals Records, IReadOnlyList<RateSeries> Series)
{
    /// <summary>Gives numbers their names, and adds up minutes.</summary>
    public static RatesReport Of(RatesOutcome outcome, FileReport files)
    {
        var series = new Dictionary<CallKey, List<(DateTimeOffset Start, long Calls)>>();
        foreach (var (minute, counts) in outcome.Minutes.OrderBy(minute => minute.Key))
        {
            var start = new DateTimeOffset(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
            foreach (var (key, calls) in counts.All)
                (CollectionsMarshal.GetValueRefOrAddDefault(series, key, out _) ??= []).Add((start, calls));
        }

        return new(
            new(files.Files, files.Digests, files.Unrelated, files.UnrelatedNames),
            outcome.Totals,
            [.. series.Select(pair => new RateSeries(RateOf(pair.Key, pair.Value, outcome.Names), pair.Value))
                .OrderByDescending(one => one.Rate.Calls)
                .ThenBy(one => one.Rate.KeyArn ?? "", StringComparer.Ordinal)
                .ThenBy(one => one.Rate.Principal, StringComparer.Ordinal)
                .ThenBy(one => one.Rate.Operation, StringComparer.Ordinal)
                .ThenBy(one => one.Rate.Outcome, StringComparer.Ordinal)
                .ThenBy(one => one.Rate.Service ?? "", StringComparer.Ordinal)]);
    }

    /// <summary>Writes it as JSON, a series at a time: there may be millions of minutes.</summary>
    public void Write(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WritePropertyName("files");
        JsonSerializer.Serialize(json, Files, ReplayJson.Default.ReplayFiles);
        WriteRecords(json);
        WriteProblems(json);
        json.WriteStartArray("rates");
        foreach (var series in Series)
        {
            Write(json, series);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    private static ReplayRate RateOf(CallKey key, List<(DateTimeOffset Start, long Calls)> minutes, CallNames names)
    {
        var (calls, from, to) = (minutes.Sum(minute => minute.Calls), minutes[0].Start, minutes[^1].Start.AddMinutes(1));
        return key == CallKey.Other
            ? new("Other", "Other", "Other", "Other", null, calls, from, to)
            : new(
                NullIfEmpty(names.Keys[key.Key]), names.Principals[key.Principal], names.Operations[key.Operation],
                names.Outcomes[key.Outcome], NullIfEmpty(names.Services[key.Service]), calls, from, to);
    }

    private static string? NullIfEmpty(string name) => name.Length == 0 ? null : name;

    private void WriteRecords(Utf8JsonWriter json)
    {
        json.WriteStartObject("records");
        json.WriteNumber("read", Records.Read);
        json.WriteNumber("counted", Records.Counted);
        json.WriteNumber("malformed", Records.Malformed);
        json.WriteNumber("twins", Records.Twins);
        json.WriteNumber("duplicates", Records.Duplicates);
        json.WriteNumber("replaced", Records.Replaced);
        json.WriteNumber("outside", Records.Outside);
        json.WriteNumber("ignored", Records.Ignored);
        json.WriteEndObject();
    }

    private void WriteProblems(Utf8JsonWriter json)
    {
        json.WriteStartArray("malformed");
        foreach (var (origin, problem) in Records.Problems)
        {
            json.WriteStartObject();
            json.WriteString("origin", origin.ToString());
            json.WriteString("problem", problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, RateSeries series)
    {
        var rate = series.Rate;
        json.WriteStartObject();
        json.WriteString("keyArn", rate.KeyArn);
        json.WriteString("principal", rate.Principal);
        json.WriteString("operation", rate.Operation);
        json.WriteString("outcome", rate.Outcome);
        json.WriteString("service", rate.Service);
        json.WriteNumber("calls", rate.Calls);
        json.WriteStartArray("minutes");
        foreach (var (start, calls) in series.Minutes)
        {
            json.WriteStartObject();
            json.WriteString("start", start.UtcDateTime);
            json.WriteNumber("calls", calls);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
