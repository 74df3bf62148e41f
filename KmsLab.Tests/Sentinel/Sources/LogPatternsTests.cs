using System.Text.Json.Nodes;
using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.Sentinel.Sources;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>By which patterns, and where, a log group is read before the rest.</summary>
public sealed class LogPatternsTests
{
    [Fact]
    public void Key_is_found_wherever_a_record_names_it()
    {
        var pattern = FilterPattern.Parse(LogPatterns.OfKeys([TestRecords.KeyArn]).ShouldNotBeNull());

        pattern.Matches(TestRecords.Decrypt().Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.Denied().With(record => record["errorMessage"] = $"not authorized to perform: kms:Decrypt on resource: {TestRecords.KeyArn}").Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.Decrypt().With(Other).Utf8()).ShouldBeFalse();
    }

    [Fact]
    public void One_of_several_keys_is_enough()
    {
        var pattern = FilterPattern.Parse(LogPatterns.OfKeys([TestRecords.OtherKeyArn, TestRecords.KeyArn]).ShouldNotBeNull());

        pattern.Matches(TestRecords.Decrypt().Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.Decrypt().With(Other).Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.Decrypt().With(record => record["resources"] = new JsonArray()).Utf8()).ShouldBeFalse();
    }

    [Fact]
    public void Unproven_calls_are_those_without_a_proof_in_the_user_agent()
    {
        var pattern = FilterPattern.Parse(LogPatterns.OfUnprovenCalls([TestRecords.KeyArn, TestRecords.OtherKeyArn]).ShouldNotBeNull());

        pattern.Matches(TestRecords.Decrypt().Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.ReEncrypt().Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.Decrypt().With(record => record.Remove("userAgent")).Utf8()).ShouldBeTrue();
        pattern.Matches(TestRecords.Decrypt().With(record => record["userAgent"] = "aws-sdk-dotnet kmslab/1.k1.1.n.c.s m/b").Utf8()).ShouldBeFalse();
        pattern.Matches(TestRecords.Decrypt().With(record => record["resources"] = new JsonArray()).Utf8()).ShouldBeFalse();
    }

    [Fact]
    public void As_many_keys_are_named_as_fit()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => $"arn:aws:kms:us-east-1:000000000000:key/{Guid.NewGuid()}").ToList();

        foreach (var text in new[] { LogPatterns.OfKeys(keys), LogPatterns.OfUnprovenCalls(keys) })
        {
            text.ShouldNotBeNull().Length.ShouldBeInRange(900, FilterPattern.MaxLength);
            FilterPattern.Parse(text!).MatchesEverything.ShouldBeFalse();
        }

        LogPatterns.OfKeys([]).ShouldBeNull();
        LogPatterns.OfUnprovenCalls([]).ShouldBeNull();
        LogPatterns.OfKeys(["arn:aws:kms:us-east-1:000000000000:key/\" || x"]).ShouldBeNull("what is not safe between quotes is no key");
    }

    [Theory]
    [InlineData("111122223333_CloudTrail_eu-west-1", "111122223333_CloudTrail_eu-west-1")]
    [InlineData("111122223333_CloudTrail_eu-west-1_12", "111122223333_CloudTrail_eu-west-1")]
    [InlineData("o-abc123_111122223333_CloudTrail_eu-west-1_2", "o-abc123_")]
    public void CloudTrails_own_streams_are_known_by_their_names(string stream, string prefix)
    {
        var streams = new OwnStreams([]);
        streams.See(stream);
        streams.Prefixes.ShouldBe([prefix]);
    }

    [Fact]
    public void Trails_of_the_configuration_say_where_to_look_first()
    {
        var streams = new OwnStreams(["arn:aws:cloudtrail:us-east-1:000000000000:trail/kmslab"]);
        streams.See("flood");
        streams.See("x_CloudTrail_us-east-1");
        streams.See("000000000000_CloudTrail_us-east-1_1");
        streams.Prefixes.ShouldBe(["000000000000_CloudTrail_us-east-1"]);
    }

    [Fact]
    public void Too_many_names_are_no_help()
    {
        var streams = new OwnStreams([]);
        for (var account = 0; account < 4; account++)
            streams.See($"00000000000{account}_CloudTrail_us-east-1");
        streams.Prefixes.ShouldBeEmpty();
    }

    private static void Other(JsonObject record) => record["resources"]![0]!["ARN"] = TestRecords.OtherKeyArn;
}
