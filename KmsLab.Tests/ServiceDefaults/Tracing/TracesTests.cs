using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Tracing;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.ServiceDefaults.Tracing;

/// <summary>The traces of the three services as processes, as a collector gets them.</summary>
public sealed class TracesTests
{
    [Fact]
    public async Task Request_is_one_whole_trace_and_nothing_else_is_recorded()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TempFolder();
        var aspire = new Dictionary<string, string>(collector.Environment)
        {
            ["OTEL_SERVICE_NAME"] = "vault-api",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=abcdef",
        };
        using var services = await StartAsync(collector, folder, aspire);

        await services.EncryptAsync();
        await services.UntilSentinelHasReadAsync();
        await services.StopAsync();

        var spans = collector.Spans;
        var roots = spans.Where(span => span.ParentId.Length == 0).Select(span => span.Name).Distinct();
        roots.ShouldBe(["POST /encrypt", "GET /api/status"], ignoreOrder: true);
        var request = spans.Single(span => span.Name == "POST /encrypt");
        var trace = spans.Where(span => span.TraceId == request.TraceId).ToList();
        trace.Where(span => span != request).ShouldAllBe(span => trace.Any(parent => parent.Id == span.ParentId));
        trace.Select(span => span.Name).ShouldContain("KMS Encrypt");
        trace.Select(span => span.Name).ShouldContain("database write");
        var kms = spans.Single(span => span.Service.Name == "localaws");
        kms.Kind.ShouldBe(OtlpKind.Server);
        PathOf(kms, trace).ShouldContain(span => span.Name == "KMS Encrypt");
        trace.Select(span => span.Service).Distinct().ShouldBe([("vault-api", "abcdef"), kms.Service], ignoreOrder: true);
    }

    [Fact]
    public async Task Background_is_a_trace_a_round_when_asked_for()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TempFolder();
        using var services = await StartAsync(
            collector,
            folder,
            collector.Environment,
            "CryptoApi:Telemetry:BackgroundTraces=true",
            "Sentinel:Telemetry:BackgroundTraces=true");

        await services.EncryptAsync();
        await collector.UntilAsync(span => span.Name == "sentinel outbox"); // Comes after a whole round.
        await services.StopAsync();

        var spans = collector.Spans;
        var rounds = spans.Where(span => span.Source == BackgroundActivity.SourceName).ToList();
        rounds.ShouldAllBe(round => round.ParentId.Length == 0);
        rounds.Select(round => (round.Service.Name, round.Name)).Distinct().ShouldBe(
            [
                ("cryptoapi", "cryptoapi key lookup"), ("cryptoapi", "cryptoapi audit outcomes"),
                ("cryptoapi", "cryptoapi audit pruning"), ("cryptoapi", "cryptoapi idempotency pruning"),
                ("sentinel", "sentinel lease"), ("sentinel", "sentinel read"), ("sentinel", "sentinel round"), ("sentinel", "sentinel outbox"),
            ],
            ignoreOrder: true);
        // All else that begins a trace is the look at data protection's keys, at start: read, make one, read.
        var others = spans.Where(span => span.ParentId.Length == 0 && span.Kind != OtlpKind.Server && !rounds.Contains(span));
        others.Select(span => (span.Service.Name, span.Name)).ShouldBe(
            [("sentinel", "database read"), ("sentinel", "database write"), ("sentinel", "database read")]);
        // A call of a round is part of its trace, also where it is served.
        var served = spans.First(span => span.Service.Name == "localaws" && PathOf(span, spans).Last().Name == "sentinel read");
        served.Kind.ShouldBe(OtlpKind.Server);
    }

    /// <summary>A span and those that it is part of, from the inside out.</summary>
    private static IEnumerable<OtlpSpan> PathOf(OtlpSpan span, IReadOnlyList<OtlpSpan> spans)
    {
        for (var at = span; at is not null; at = spans.SingleOrDefault(parent => parent.Id == at.ParentId))
            yield return at;
    }

    private static async Task<Services> StartAsync(
        OtlpReceiver collector, TempFolder folder, Dictionary<string, string> cryptoApi, params string[] settings)
    {
        var (aws, api, sentinel) = (FreeAddress(), FreeAddress(), FreeAddress());
        var services = new Services(api, sentinel);
        await services.AddAsync("LocalAws", aws, collector.Environment, [$"LocalAws:DataDirectory={folder["state"]}"]);
        await services.AddAsync("CryptoApi", api, cryptoApi, [
            .. SettingsOf("CryptoApi"),
            "CryptoApi:Database=Sqlite",
            "CryptoApi:CreateKey=true",
        ]);
        await services.AddAsync("Sentinel", sentinel, collector.Environment, [
            .. SettingsOf("Sentinel"),
            "Sentinel:Database=Sqlite",
            "Sentinel:LogGroups:0=kmslab-trail",
            "Sentinel:HeadInterval=00:00:00.100",
            "Sentinel:Api:OpenOnLoopback=true",
        ]);
        return services;

        IEnumerable<string> SettingsOf(string service) => ServiceProcess.Settings(folder, aws.ToString())
            .Concat(settings.Where(setting => setting.StartsWith(service, StringComparison.Ordinal)));
    }

    private static Uri FreeAddress() => new($"http://127.0.0.1:{LabProcess.FreePort()}");

    /// <summary>The running services.</summary>
    private sealed class Services(Uri api, Uri sentinel) : IDisposable
    {
        private readonly List<LabProcess> _processes = [];

        /// <summary>Starts one and waits until it is healthy.</summary>
        public async Task AddAsync(string service, Uri address, Dictionary<string, string> environment, IEnumerable<string> settings)
        {
            var process = ServiceProcess.Start(service, address, settings, environment);
            _processes.Add(process);
            await process.WaitForAsync(address);
        }

        public async Task EncryptAsync()
        {
            using var http = new HttpClient { BaseAddress = api };
            using var text = new StringContent("""{"Name":"n","Text":"t"}""", new MediaTypeHeaderValue("application/json"));
            using var answer = await http.PostAsync("/encrypt", text, TestContext.Current.CancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        /// <summary>Waits until Sentinel has read to the end at least once, and so has made a round.</summary>
        public async Task UntilSentinelHasReadAsync()
        {
            using var http = new HttpClient { BaseAddress = sentinel };
            while ((await http.GetFromJsonAsync<JsonNode>("/api/status", TestContext.Current.CancellationToken))!["watermark"] is null)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        /// <summary>Stops all, the last one first: they export what they have.</summary>
        public async Task StopAsync()
        {
            foreach (var process in Enumerable.Reverse(_processes))
            {
                process.Signal("TERM");
                (await process.WaitForExitAsync()).ShouldBe(0, process.Output);
            }
        }

        public void Dispose()
        {
            foreach (var process in _processes)
                process.Dispose();
        }
    }
}
