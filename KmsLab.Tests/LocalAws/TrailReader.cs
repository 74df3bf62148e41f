using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace KmsLab.Tests.LocalAws;

/// <summary>Reads trail records where clients find them: LookupEvents for the history, FilterLogEvents for what was delivered.</summary>
internal static class TrailReader
{
    /// <summary>The records of the history, newest first.</summary>
    public static async Task<List<JsonElement>> LookupAsync(this LocalAwsHost aws, string? eventName = null)
    {
        List<JsonElement> records = [];
        string? token = null;
        do
        {
            var attributes = eventName is null ? "[]" : $$"""[{"AttributeKey":"EventName","AttributeValue":"{{eventName}}"}]""";
            var next = token is null ? "" : $$""","NextToken":"{{token}}" """;
            using var response = await aws.PostJsonAsync("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", $$"""{"LookupAttributes":{{attributes}}{{next}}}""");
            response.EnsureSuccessStatusCode();
            var json = await ReadAsync(response);
            foreach (var item in json.GetProperty("Events").EnumerateArray())
                records.Add(JsonDocument.Parse(item.GetProperty("CloudTrailEvent").GetString()!).RootElement);
            token = json.TryGetProperty("NextToken", out var more) ? more.GetString() : null;
        }
        while (token is not null);
        return records;
    }

    /// <summary>The records that stand in the trail's log group now, in the order of their arrival.</summary>
    public static List<(string Stream, JsonElement Record)> Delivered(this LocalAwsHost aws, string group = "kmslab-trail")
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(aws.DataDirectory, "localaws.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT s.name, CAST(coalesce(e.message, t.record) AS TEXT) FROM log_events e LEFT JOIN trail_events t ON t.seq = e.trail_seq JOIN log_streams s ON s.id = e.stream_id JOIN log_groups g ON g.id = s.group_id
            WHERE g.name = $group ORDER BY e.id
            """;
        command.Parameters.AddWithValue("$group", group);
        using var reader = command.ExecuteReader();
        List<(string, JsonElement)> records = [];
        while (reader.Read())
            records.Add((reader.GetString(0), JsonDocument.Parse(reader.GetString(1)).RootElement));
        return records;
    }

    /// <summary>Waits until <paramref name="enough"/> holds for what was delivered.</summary>
    public static async Task<List<(string Stream, JsonElement Record)>> DeliveredAsync(this LocalAwsHost aws, Func<List<(string Stream, JsonElement Record)>, bool> enough)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var delivered = aws.Delivered();
            if (enough(delivered))
                return delivered;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, timeout.Token);
        }
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
}
