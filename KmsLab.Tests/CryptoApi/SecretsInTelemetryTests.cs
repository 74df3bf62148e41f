using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>Every log line of every category at Trace, every tag of every activity and metric: none of them holds a secret.</summary>
public sealed class SecretsInTelemetryTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Name = "Zanzibar-Quetzal";
    private const string Text = "Xylophone-Krakatoa";

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task A_round_trip_leaves_no_secret_in_logs_traces_and_metrics(DatabaseProvider provider)
    {
        var seen = new ConcurrentQueue<string>();
        using var activities = ListenToActivities(seen);
        using var metrics = ListenToMetrics(seen);
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url, ("environment", "Development"));
        await api.UntilReadyAsync();
        const string wrongKey = "Bogus-Katmandu";

        var key = await api.EncryptAsync(Name, Text);
        await api.DecryptAsync(Name, key);
        await api.DecryptAsync(Name, wrongKey);
        await api.DecryptAsync("Nowhere-Ouagadougou", key);
        await api.PostAsync("/encrypt", new() { ["Name"] = Name, ["Text"] = Text });
        var replaced = await api.EncryptAsync(Name, Text, key);
        await api.SendAsync(HttpMethod.Post, "/encrypt", $$"""{"Name":"{{Name}}","Text":"{{Text}}","Key":"{{replaced}}" malformed""");
        wire.Fail("Decrypt", 500, "KMSInternalException");
        await api.DecryptAsync(Name, replaced);
        wire.Fail("Encrypt", 400, "DisabledException");
        await api.PostAsync("/encrypt", new() { ["Name"] = Name, ["Text"] = Text, ["Key"] = replaced });

        foreach (var line in api.Logs.GetSnapshot())
        {
            seen.Enqueue($"{line.Category} {line.Message} {line.Exception}");
            foreach (var (field, value) in line.StructuredState ?? [])
                seen.Enqueue($"{field}={value}");
            foreach (var scope in line.Scopes)
                seen.Enqueue(scope is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : $"{scope}");
        }

        var everything = string.Join('\n', seen);
        everything.ShouldContain("Microsoft.AspNetCore.Server.Kestrel"); // The net is wide enough to catch something.
        everything.ShouldContain("http.route");
        foreach (var secret in Secrets(wire, key, replaced, wrongKey))
            everything.ShouldNotContain(secret, Case.Sensitive);
    }

    private static IEnumerable<string> Secrets(AwsWire wire, params string[] keys)
    {
        string[] words = [Name, Text, "Nowhere-Ouagadougou", .. keys];
        foreach (var word in words)
        {
            yield return word;
            yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(word)).TrimEnd('=')[..^1];
            yield return Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word));
            yield return Convert.ToHexString(Encoding.UTF8.GetBytes(word));
        }

        foreach (var key in keys[..2])
            yield return Convert.ToHexStringLower(System.Buffers.Text.Base64Url.DecodeFromChars(key));

        foreach (var call in wire.Calls.Where(call => call.Operation is "Encrypt" or "Decrypt" && call.Error is null))
        {
            var (plain, cipher) = call.Operation == "Encrypt" ? (call.Request, call.Answer) : (call.Answer, call.Request);
            var dataKey = plain["Plaintext"]!.GetValue<string>();
            yield return dataKey;
            yield return Convert.ToHexStringLower(Convert.FromBase64String(dataKey));
            yield return cipher["CiphertextBlob"]!.GetValue<string>();
        }
    }

    private static ActivityListener ListenToActivities(ConcurrentQueue<string> seen)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => seen.Enqueue($"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} "
                + $"{string.Join(' ', activity.Baggage)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener ListenToMetrics(ConcurrentQueue<string> seen)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.Start();
        return listener;
    }
}
