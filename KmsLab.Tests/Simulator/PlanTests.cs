using CsCheck;
using KmsLab.Simulator;
using KmsLab.Simulator.Live;
using KmsLab.Simulator.Plans;
using KmsLab.Simulator.Scenarios.Attacks;
using KmsLab.Simulator.Scenarios.Normal;

namespace KmsLab.Tests.Simulator;

/// <summary>What holds of plans, whatever the seed.</summary>
public sealed class PlanTests
{
    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Start = new(2026, 9, 7, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Attacks => [.. ScenarioCatalog.All.Where(scenario => scenario.IsAttack).Select(scenario => scenario.Id)];

    [Fact]
    public void Plan_is_the_same_for_the_same_seed_and_another_for_another()
    {
        var plan = Normal(seed: 7, days: 3);

        Normal(seed: 7, days: 3).ShouldBe(plan);
        Normal(seed: 8, days: 3).ShouldNotBe(plan);
    }

    [Fact]
    public void Normal_steps_come_in_order_and_within_their_time() => Gen.Int[0, 10_000].Sample(
        seed =>
        {
            var steps = Normal(seed, days: 2);
            return steps.Zip(steps.Skip(1)).All(pair => pair.First.At <= pair.Second.At) && steps[0].At >= Start && steps[^1].At < Start.AddDays(2);
        },
        iter: 20);

    [Fact]
    public void Weekday_has_about_as_many_calls_as_were_asked_for_and_the_weekend_far_fewer()
    {
        var days = Normal(seed: 3, days: 14).GroupBy(step => step.At.Date).ToDictionary(day => day.Key, day => day.Count());

        days.Where(day => !IsWeekend(day.Key)).Average(day => day.Value).ShouldBeInRange(4000, 6000);
        days.Where(day => IsWeekend(day.Key)).Average(day => day.Value).ShouldBeLessThan(3000);
    }

    [Fact]
    public void People_work_by_day_rest_at_lunch_and_make_a_few_mistakes_a_day()
    {
        var office = Normal(seed: 4, days: 5).Where(step => step.Actor is ApiClient { Name: var name } && name.StartsWith("client:office-", StringComparison.Ordinal)).ToList();

        int At(int hour) => office.Count(step => step.At.Hour == hour);
        At(10).ShouldBeGreaterThan(5 * At(19));
        At(12).ShouldBeLessThan(At(10) * 3 / 4);
        At(3).ShouldBeLessThan(At(10) / 20);
        office.Count(step => step.Act is ReadText { WithWrongKey: true }).ShouldBeInRange(5, 50);
    }

    [Fact]
    public void Clients_have_working_sets_of_their_own_and_the_batch_reads_everything()
    {
        var reads = Normal(seed: 5, days: 1).Where(step => step.Act is ReadText).ToLookup(step => ((ApiClient)step.Actor).Name, step => ((ReadText)step.Act).Record);

        reads["client:nightly-batch"].Distinct().Count().ShouldBe(400);
        reads["client:office-01"].Distinct().Count().ShouldBeLessThan(60);
        var popular = reads["client:billing"].CountBy(record => record).Max(record => record.Value);
        popular.ShouldBeGreaterThan(5 * reads["client:billing"].Count() / 60);
    }

    [Fact]
    public void Nobody_but_the_application_uses_its_key_on_a_normal_day() =>
        Normal(seed: 6, days: 7).ShouldNotContain(step => step.Act is UseKey && ((UseKey)step.Act).Key == World.Vault);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Attack_is_ordered_and_its_span_holds_all_of_it(string scenario) => Gen.Int[0, 10_000].Sample(
        seed =>
        {
            var plan = AttackPlans.Of(StageOf(scenario, seed));
            var steps = plan.Steps.ToList();
            return plan.Attacks.Count > 0 && plan.Attacks[0].FirstCall == steps[0].At && plan.Attacks.Max(attack => attack.To) == steps[^1].At
                && steps.Zip(steps.Skip(1)).All(pair => pair.First.At <= pair.Second.At) && plan.Attacks.All(attack => attack.FirstCall >= attack.From);
        },
        iter: 20);

    [Theory]
    [InlineData("key-tampering")]
    [InlineData("trail-blinding")]
    [InlineData("grant-backdoor")]
    public void Sabotage_ends_with_putting_right(string scenario) => AttackPlans.Of(StageOf(scenario, seed: 1)).Steps.Last().IsRestore.ShouldBeTrue();

    private static Stage StageOf(string scenario, int seed)
    {
        var info = ScenarioCatalog.Find(scenario)!;
        return new(new World(seed, TrailFiles.Account, TrailFiles.Region), info, Start, info.Length, Records: 400);
    }

    private static List<Step> Normal(int seed, int days) =>
        [.. NormalTraffic.Plan(new World(seed, TrailFiles.Account, TrailFiles.Region), new Population(), Start, TimeSpan.FromDays(days)).Steps];

    private static bool IsWeekend(DateTime day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    [Fact]
    public void Mistakes_of_a_compressed_day_make_no_burst_on_the_clock_on_the_wall()
    {
        var settings = new LiveSettings(Seed: 11) { For = TimeSpan.FromHours(1) };

        var plan = LivePlan.Of(ScenarioCatalog.Find("normal")!, settings, new LabTarget(new("http://localhost"), new("http://localhost"), "us-east-1", null), speed: 60);

        var mistakes = plan.Steps.Where(step => step.Act is ReadText { WithWrongKey: true }).Select(step => step.At).ToList();
        mistakes.Count.ShouldBeGreaterThan(2);
        mistakes.Zip(mistakes.Skip(1), (first, second) => second - first).Min().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromHours(2));
    }
}
