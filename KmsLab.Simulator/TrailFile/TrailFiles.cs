using KmsLab.Simulator.Plans;
using KmsLab.Simulator.Scenarios.Attacks;
using KmsLab.Simulator.Scenarios.Normal;
using KmsLab.Simulator.TrailFile;

namespace KmsLab.Simulator;

/// <summary>Writes a trail of normal days and attacks as the files that CloudTrail would have delivered, for <c>KmsLab.Sentinel replay</c>.</summary>
public static class TrailFiles
{
    /// <summary>The folder of the records within the one that is written.</summary>
    public const string RecordsFolder = "records";

    /// <summary>The configuration for <c>replay --config</c>.</summary>
    public const string ConfigurationFile = "sentinel.json";

    /// <summary>The ground truth.</summary>
    public const string TruthFile = "truth.json";

    /// <summary>The public key that the proofs on the records verify with.</summary>
    public const string PublicKeyFile = "attestation.pub";

    /// <summary>The account in the files.</summary>
    public const string Account = "111122223333";

    /// <summary>Its Region.</summary>
    public const string Region = "eu-west-1";

    /// <summary>The scenario that is neither an attack nor a normal day: it comes on top of one.</summary>
    private const string BusyWeekId = "busy-week";

    // Sentinel's LearningPeriod: before it is over, whoever reads is taken for normal.
    private static readonly TimeSpan LearningPeriod = TimeSpan.FromDays(7);

    /// <summary>
    /// Writes <see cref="RecordsFolder"/> (a file a day, a record a line), <see cref="PublicKeyFile"/>, <see cref="ConfigurationFile"/> and
    /// <see cref="TruthFile"/> into a folder, which is made if it isn't there.
    /// </summary>
    /// <param name="folder">Where to.</param>
    /// <param name="settings">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SimulatorException">It can't be done so; the message says what to change.</exception>
    public static GroundTruth Write(string folder, TrailSettings settings, CancellationToken cancellationToken = default)
    {
        var world = new World(settings.Seed, Account, Region);
        using var application = new ApplicationCalls(world);
        var plan = PlanOf(world, settings);
        var records = Directory.CreateDirectory(Path.Combine(folder, RecordsFolder)).FullName;
        if (Directory.EnumerateFileSystemEntries(records).Any())
            throw new SimulatorException($"{records} is not empty: what is there would be read along. Name another folder.");

        var calls = WriteRecords(records, plan, new TrailScribe(world, application), cancellationToken);
        var truth = TruthOf(settings, plan, calls, application);
        File.WriteAllText(Path.Combine(folder, PublicKeyFile), application.PublicPem);
        File.WriteAllText(Path.Combine(folder, ConfigurationFile), SentinelConfiguration.Of(world, application.PublicPem));
        File.WriteAllText(Path.Combine(folder, TruthFile), truth.ToJson());
        return truth;
    }

    /// <summary>Normal days and attacks as one plan.</summary>
    internal static Plan PlanOf(World world, TrailSettings settings)
    {
        var population = new Population(settings.CallsADay, settings.Records, settings.OfficeClients, settings.WeeklyGrowth);
        List<Plan> plans = [.. settings.Attacks.Select(attack => AttackOf(world, settings, attack))];
        if (settings.WithNormal)
            plans.Insert(0, NormalTraffic.Plan(world, population, settings.Start, TimeSpan.FromDays(settings.Days)));
        return Plan.Merge(plans);
    }

    private static Plan AttackOf(World world, TrailSettings settings, TrailAttack attack)
    {
        if (ScenarioCatalog.Find(attack.Scenario) is { Id: BusyWeekId } week)
            return BusyWeek.Plan(world, settings.Start + attack.At, attack.Length ?? week.Length);
        if (ScenarioCatalog.Find(attack.Scenario) is not { IsAttack: true } scenario)
            throw new SimulatorException($"'{attack.Scenario}' is no attack. There are {string.Join(", ", ScenarioCatalog.All.Where(one => one.IsAttack).Select(one => one.Id))}.");

        return AttackPlans.Of(new(world, scenario, settings.Start + attack.At, attack.Length ?? scenario.Length, settings.Records)
        {
            Pace = attack.Pace,
            IsAddressKnown = true,
            IsSetKnown = settings.WithNormal && attack.At >= LearningPeriod,
        });
    }

    private static long WriteRecords(string folder, Plan plan, TrailScribe scribe, CancellationToken cancellationToken)
    {
        using var files = new DailyFiles(folder);
        var calls = 0L;
        foreach (var step in plan.Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (files.Add(step.At, json => scribe.Write(json, step)))
                calls++;
        }

        return calls;
    }

    private static GroundTruth TruthOf(TrailSettings settings, Plan plan, long calls, ApplicationCalls application) => new(
        string.Join(", ", settings.Attacks.Select(attack => attack.Scenario).Distinct().Prepend("normal").Where(id => settings.WithNormal || id != "normal")),
        settings.Seed,
        settings.Start,
        settings.Start.AddDays(settings.Days),
        [.. plan.Attacks.Select(attack => attack with { ClientTag = attack.Client is { } client ? application.TagOf(client) : null })],
        calls);
}
