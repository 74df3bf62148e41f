using System.Collections.Concurrent;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Records;

/// <summary>Two instances on one PostgreSQL that is killed under their load: whatever a client was told is stored, is.</summary>
public sealed class PostgresCrashTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const int Workers = 8;
    private const int Crashes = 2;
    private const int RecordsBetween = 60;

    [Fact]
    public async Task Not_one_acknowledged_record_is_lost_when_the_server_is_killed_and_started_again()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        await using var database = TestDatabase.On(await server.CreateDatabaseAsync());
        await using var one = await CryptoApiHost.StartAsync(database, aws.Host);
        await using var two = await CryptoApiHost.StartAsync(database, aws.Host);
        var load = new Load([one, two]);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var workers = Enumerable.Range(0, Workers).Select(worker => load.WorkAsync(worker, over.Token)).ToList();

        for (var crash = 0; crash < Crashes; crash++)
        {
            await load.UntilMoreAsync(RecordsBetween);
            await server.KillAsync();
            await load.UntilFailedAsync(); // The load has met the dead server.
            await server.StartAsync();
        }

        await load.UntilMoreAsync(RecordsBetween);
        await over.CancelAsync();
        await Task.WhenAll(workers);

        load.Acknowledged.Count.ShouldBeGreaterThanOrEqualTo(RecordsBetween * (Crashes + 1));
        load.Unforeseen.ShouldBeEmpty();
        foreach (var (name, key) in load.Acknowledged)
        {
            var (status, body) = await one.DecryptAsync(name, key);
            status.ShouldBe(200, name);
            body["Text"]!.GetValue<string>().ShouldBe($"text of {name}");
        }
    }

    private sealed class Load(CryptoApiHost[] instances)
    {
        private volatile int _failures;

        public ConcurrentDictionary<string, string> Acknowledged { get; } = new();

        /// <summary>Statuses that a failing database doesn't excuse.</summary>
        public ConcurrentQueue<int> Unforeseen { get; } = new();

        /// <summary>Stores one record after the other, reading each back from the other instance, until told to stop.</summary>
        public async Task WorkAsync(int worker, CancellationToken cancellationToken)
        {
            for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
            {
                var name = $"{worker}-{i}";
                var (status, body) = await instances[i % 2].PostAsync("/encrypt", new() { ["Name"] = name, ["Text"] = $"text of {name}" });
                if (status == 200)
                {
                    var key = body["Key"]!.GetValue<string>();
                    Acknowledged[name] = key;
                    Note((await instances[(i + 1) % 2].DecryptAsync(name, key)).Status);
                }

                Note(status);
            }
        }

        public async Task UntilMoreAsync(int records)
        {
            var goal = Acknowledged.Count + records;
            await UntilAsync(() => Acknowledged.Count >= goal);
        }

        public async Task UntilFailedAsync()
        {
            var before = _failures;
            await UntilAsync(() => _failures > before);
        }

        private void Note(int status)
        {
            if (status == 503)
                Interlocked.Increment(ref _failures);
            else if (status != 200)
                Unforeseen.Enqueue(status);
        }

        private static async Task UntilAsync(Func<bool> isSo)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            deadline.CancelAfter(TimeSpan.FromMinutes(2));
            while (!isSo())
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }
}
