using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KmsLab.CryptoApi.Telemetry;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using KmsLab.Tests.Sentinel;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>Every instrument of the three services, as a metrics page shows it.</summary>
public sealed class InstrumentsTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Instruments_have_a_name_of_ours_a_unit_and_a_description()
    {
        var instruments = new ConcurrentDictionary<string, Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Keep(instrument) };
        listener.Start();
        await using var aws = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);
        api.Services.GetRequiredService<CryptoMetrics>();
        sentinel.Services.GetRequiredService<SentinelMetrics>();
        sentinel.Services.GetRequiredService<PublishingMetrics>();

        instruments.Keys.ShouldContain("kmslab.crypto.requests");
        instruments.Keys.ShouldContain("kmslab.sentinel.records");
        instruments.Keys.ShouldContain("kmslab.sentinel.delivery.attempts");
        foreach (var instrument in instruments.Values)
        {
            instrument.Name.ShouldMatch(@"^kmslab(\.[a-z][a-z0-9_]*)+$");
            // UCUM, https://ucum.org
            instrument.Unit.ShouldNotBeNull(instrument.Name).ShouldMatch(@"^(\{[a-z]+\}|s|By|1)$", instrument.Name);
            instrument.Description.ShouldNotBeNullOrWhiteSpace(instrument.Name);
            instrument.Description!.ShouldEndWith(".", customMessage: instrument.Name);
        }

        void Keep(Instrument instrument)
        {
            if (instrument.Meter.Name.StartsWith(Telemetry.Prefix, StringComparison.Ordinal))
                instruments[instrument.Name] = instrument;
        }
    }
}
