using System.Runtime.CompilerServices;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using KmsLab.Tests.Sentinel.Publishing;

namespace KmsLab.Tests.Sentinel;

/// <summary>What is registered takes effect: one line of dependency injection each, beside those of production.</summary>
public sealed class RegistrationTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Source_that_is_registered_is_read()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start(null, new OneRecord());

        foreach (var reader in sentinel.Readers)
            await reader.ReadAsync(Cancellation);

        (await sentinel.RatesAsync()).ShouldHaveSingleItem();
        (await sentinel.StatusAsync()).Sources.ShouldHaveSingleItem().Name.ShouldBe("test:one");
    }

    [Fact]
    public async Task Source_that_is_registered_stands_beside_the_configured_ones()
    {
        var options = new SentinelOptions { Files = ["/nowhere"] };
        var engine = new EngineServices(options);
        engine.AddSingleton<IRecordSource>(new OneRecord());
        engine.AddSingleton<ISourceFactory>(new FileSources(options.Sources, new CrashingLogger<FileSource>(null, [])));
        await using var services = engine.Build();

        services.GetRequiredService<SourceNames>().All.ShouldBe(["files:/nowhere", "test:one"]);
    }

    [Fact]
    public async Task Part_that_is_registered_takes_turns()
    {
        var engine = new EngineServices(new());
        engine.AddTurnPart<Part>();
        await using var services = engine.Build();
        using var memory = new TurnMemory(services.CreateScope());

        memory.Parts[^1].ShouldBeOfType<Part>();
        memory.Know<Part>().ShouldBeSameAs(memory.Parts[^1]);
        foreach (var part in memory.Parts)
            part.Study(TestRecords.Decrypt().Observation());
        memory.Know<Part>().Studied.ShouldBe(1);
    }

    [Fact]
    public async Task Channel_that_is_registered_is_told()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var channel = new ScriptedChannel("another", _ => SendOutcome.Sent);
        bed.Channels.Add(channel);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.WrongKey(TestRecords.Noon).Utf8(), TestRecords.WrongKey(TestRecords.Noon).Utf8());
        await sentinel.SendAsync();

        bed.Sent.ShouldHaveSingleItem();
        channel.Sent.Count.ShouldBe(1);
    }

    private sealed class Part : ITurnPart
    {
        public int Studied { get; private set; }

        public void Study(Observation observation) => Studied++;
    }

    private sealed class OneRecord : IRecordSource
    {
        public string Name => "test:one";

        public async IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new([new SourceEvent(TestRecords.Decrypt().Utf8(), "one")]);
        }
    }
}
