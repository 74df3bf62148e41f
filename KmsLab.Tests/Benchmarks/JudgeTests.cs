using KmsLab.Benchmarks.Detection;
using static KmsLab.Tests.Benchmarks.TestAttacks;

namespace KmsLab.Tests.Benchmarks;

/// <summary>Which occurrences are true.</summary>
public sealed class JudgeTests
{
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(15, true)]
    [InlineData(15.1, false)]
    public void Occurrence_is_true_within_the_span_and_its_own_window_after_it(double minutes, bool isTrue) =>
        IsTrue(Occurrence(minutes), Attack()).ShouldBe(isTrue);

    [Fact]
    public void Somebody_else_at_the_same_time_is_false()
    {
        IsTrue(Occurrence(1, Insider), Attack()).ShouldBeFalse();
        IsTrue(Occurrence(1, Insider), Attack(principal: Insider)).ShouldBeTrue();
        IsTrue(Occurrence(1, "arn:aws:iam::111122223333:role/kmslab-deploy"), Attack(principal: Insider)).ShouldBeTrue();
    }

    [Fact]
    public void Client_has_to_be_the_attackers()
    {
        IsTrue(Occurrence(1, client: "tag1"), Attack(tag: "tag1")).ShouldBeTrue();
        IsTrue(Occurrence(1, client: "tag2"), Attack(tag: "tag1")).ShouldBeFalse();
        IsTrue(Occurrence(1, client: "none"), Attack(tag: null)).ShouldBeTrue();
        IsTrue(Occurrence(1, client: "tag1"), Attack(tag: null)).ShouldBeFalse();
    }

    [Fact]
    public void What_fires_without_the_attack_as_well_is_left_to_the_normal_run()
    {
        Judge.Of([Occurrence(5)], [Attack()], [Occurrence(2)]).ShouldBeEmpty();
        Judge.Of([Occurrence(5)], [Attack()], [Occurrence(-2)]).ShouldHaveSingleItem().Attack.ShouldNotBeNull();
        Judge.Of([Occurrence(5)], [Attack()], [Occurrence(5, detection: "kms-error-burst")]).ShouldHaveSingleItem().Attack.ShouldNotBeNull();
    }

    [Fact]
    public void Of_two_attacks_it_tells_of_the_one_that_it_is_meant_for()
    {
        var (guessing, slow) = (Attack("key-guessing", finders: "kms-error-burst"), Attack("slow-exfiltration", finders: "unattested-call"));

        Judge.Of([Occurrence(1, detection: "kms-error-burst")], [slow, guessing], []).ShouldHaveSingleItem().Attack.ShouldBe(guessing);
        Judge.Of([Occurrence(1)], [guessing, slow], []).ShouldHaveSingleItem().Attack.ShouldBe(slow);
    }

    private static bool IsTrue(AlarmOccurrence occurrence, PlacedAttack attack) => Judge.Of([occurrence], [attack], []).ShouldHaveSingleItem().Attack is not null;
}
