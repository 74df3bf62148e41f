using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Alarms.Matching;

/// <summary>Alarms chosen for a route or a silence.</summary>
public sealed class AlarmMatcherTests
{
    private const string Alice = "arn:aws:iam::111122223333:user/alice";
    private const string Bob = "arn:aws:iam::444455556666:user/bob";
    private const string Key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static readonly string[] Ids = ["key-destruction", "key-tampering", "kms-error-burst"];

    [Fact]
    public void Empty_matcher_chooses_all()
    {
        var matcher = new AlarmMatcher();

        matcher.IsEmpty().ShouldBeTrue();
        matcher.Matches(Subject()).ShouldBeTrue();
        matcher.Covers(Subject()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("key-destruction", true)]
    [InlineData("key-*", true)]
    [InlineData("key-tampering", false)]
    [InlineData("KEY-*", false)]
    public void Pattern_matches_the_whole_text(string pattern, bool matches) =>
        new AlarmMatcher { Detections = [pattern] }.Matches(Subject()).ShouldBe(matches);

    [Fact]
    public void All_members_have_to_match_and_one_pattern_of_each()
    {
        new AlarmMatcher { Detections = ["nothing", "key-*"], Severities = [Severity.Low, Severity.High], Sets = ["vault"] }.Matches(Subject()).ShouldBeTrue();
        new AlarmMatcher { Detections = ["key-*"], Severities = [Severity.Low] }.Matches(Subject()).ShouldBeFalse();
        new AlarmMatcher { Detections = ["key-*"], Sets = ["other"] }.Matches(Subject()).ShouldBeFalse();
    }

    [Fact]
    public void Account_is_that_of_the_group_and_of_every_principal_and_key()
    {
        var subject = Subject(Alice, Bob);

        subject.Accounts.ShouldBe(["111122223333", "444455556666"], ignoreOrder: true);
        new AlarmMatcher { Accounts = ["444455556666"] }.Matches(subject).ShouldBeTrue();
        new AlarmMatcher { Accounts = ["777788889999"] }.Matches(subject).ShouldBeFalse();
    }

    [Fact]
    public void Alarm_in_which_somebody_else_takes_part_is_touched_and_not_covered()
    {
        var matcher = new AlarmMatcher { Principals = [Alice] };

        matcher.Covers(Subject(Alice)).ShouldBeTrue();
        matcher.Matches(Subject(Alice, Bob)).ShouldBeTrue();
        matcher.Covers(Subject(Alice, Bob)).ShouldBeFalse();
    }

    [Fact]
    public void Alarm_of_nobody_is_not_covered_by_a_principal() => new AlarmMatcher { Principals = ["*"] }.Covers(Subject()).ShouldBeFalse();

    [Fact]
    public void Party_beyond_the_kept_evidence_is_known_by_its_tie()
    {
        var subject = AlarmSubject.Of("key-destruction", Severity.High, [], [], [$"principal {Bob}", $"key {Key}", "session x"]);

        subject.Principals.ShouldBe([Bob]);
        subject.Keys.ShouldBe([Key]);
    }

    [Fact]
    public void Everything_wrong_is_named_with_the_nearest_detection()
    {
        var matcher = new AlarmMatcher { Detections = ["key-destructoin"], Sets = [" "], Accounts = ["1111-2222"], Severities = [(Severity)9] };

        matcher.Check("Sentinel:X", Ids).ShouldBe(
            [
                "Sentinel:X:Sets has an empty pattern: leave it out, or write * for all",
                "Sentinel:X:Severities: '9' must be Low, Medium, High or Critical",
                "Sentinel:X:Detections: no detection is like 'key-destructoin': did you mean 'key-destruction'?",
                "Sentinel:X:Accounts: '1111-2222' is no account number of 12 digits",
            ]);
        new AlarmMatcher { Detections = ["key-*"], Accounts = ["1111*"], Sets = ["v?ult"] }.Check("Sentinel:X", Ids).ShouldBeEmpty();
    }

    private static AlarmSubject Subject(params string[] principals) => AlarmSubject.Of(
        "key-destruction",
        Severity.High,
        new Dictionary<string, string> { ["set"] = "vault", ["account"] = "111122223333" },
        [.. principals.Append("kmslab-sentinel").Select((principal, n) => new Evidence($"e{n}", TestRecords.Noon, "ScheduleKeyDeletion", principal, Key, null, null))],
        []);
}
