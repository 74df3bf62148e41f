using System.Text;
using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Tests.CloudTrail.FilterPatterns;

/// <summary>What AWS's page leaves open, as the service was observed to answer, and what only an implementation can get wrong.</summary>
public sealed class JsonPatternTests
{
    [Theory]
    [InlineData("{ $.missing = \"x\" }", false)]
    [InlineData("{ $.missing != \"x\" }", false)]
    [InlineData("{ $.missing.deeper NOT EXISTS }", true)]
    [InlineData("{ $.null EXISTS }", true)]
    [InlineData("{ $.null = \"*\" }", false)]
    [InlineData("{ $.null != \"x\" }", false)]
    [InlineData("{ $.flag = \"*\" }", false)]
    [InlineData("{ $.flag != \"x\" }", false)]
    [InlineData("{ $.object EXISTS }", true)]
    [InlineData("{ $.object != \"x\" }", false)]
    [InlineData("{ $.empty = \"\" }", true)]
    [InlineData("{ $.empty = \"*\" }", true)]
    public void Comparisons_apply_only_to_strings_and_numbers(string pattern, bool matches) =>
        FilterPattern.Parse(pattern).Matches("""{"null":null,"flag":true,"object":{"a":1},"empty":""}""").ShouldBe(matches);

    [Theory]
    [InlineData("{ $.i = \"123\" }", true)]
    [InlineData("{ $.i != \"123.0\" }", true)]
    [InlineData("{ $.i = 123.0 }", true)]
    [InlineData("{ $.f != \"12\" }", true)]
    [InlineData("{ $.f = 12 }", true)]
    [InlineData("{ $.i = *23 }", true)]
    [InlineData("{ $.i = \"3*\" }", false)]
    [InlineData("{ $.s = 222 }", false)]
    [InlineData("{ $.s != 222 }", true)]
    [InlineData("{ $.s >= 1 }", false)]
    [InlineData("{ $.account = 012345678901 }", true)]
    [InlineData("{ $.big = 9007199254740993 }", true)]
    [InlineData("{ $.big = 9007199254740992 }", false)]
    [InlineData("{ $.tiny > 0 }", true)]
    public void Quoted_numbers_compare_as_text_and_unquoted_ones_by_value(string pattern, bool matches) =>
        FilterPattern.Parse(pattern).Matches("""{"i":123,"f":12.0,"s":"111.111.111.111","account":"012345678901","big":9007199254740993,"tiny":1e-300}""").ShouldBe(matches);

    [Theory]
    [InlineData("*Event", "PutEvent", true)]
    [InlineData("Event*", "EventId", true)]
    [InlineData("*abab*ab", "xababab", true)]
    [InlineData("*111.111.111", "111.111.111.111", true)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("ab*ba", "aba", false)]
    [InlineData("**", "", true)]
    [InlineData("event", "Event", false)]
    public void Asterisk_stands_for_any_characters(string glob, string value, bool matches) =>
        FilterPattern.Parse($"{{ $.a = \"{glob}\" }}").Matches($$"""{"a":"{{value}}"}""").ShouldBe(matches);

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("[{\"a\":1}]")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1} {\"a\":1}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1,\"b\":tru}")]
    [InlineData("INFO {\"a\":1}")]
    public void Json_pattern_never_matches_a_message_that_is_not_a_json_object(string message)
    {
        FilterPattern.Parse("{ $.a = 1 }").Matches(message).ShouldBeFalse();
        FilterPattern.Parse("{ $.b NOT EXISTS }").Matches(message).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"\u0061":"\u0044ecrypt"}""")]
    [InlineData("""{"a":"Decrypt"}""")]
    [InlineData("  {\"a\" : \"Decrypt\"}\n")]
    public void Escapes_in_names_and_values_make_no_difference(string message) =>
        FilterPattern.Parse("{ $.a = \"Decrypt\" }").Matches(message).ShouldBeTrue();

    [Theory]
    [InlineData("""{"a":"x/y"}""")]
    [InlineData("""{"a":"x\/y"}""")]
    public void Escaped_slash_is_a_slash(string message) => FilterPattern.Parse("{ $.a = \"x/y\" }").Matches(message).ShouldBeTrue();

    [Fact]
    public void Quotes_and_backslashes_are_escaped_in_a_quoted_operand()
    {
        FilterPattern.Parse("""{ $.a = "error \"b\" \\ c\d" }""").Matches("""{"a":"error \"b\" \\ c\\d"}""").ShouldBeTrue();
        FilterPattern.Parse("{ $.a = \"ключ\" }").Matches("""{"a":"ключ"}""").ShouldBeTrue();
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_match_and_no_error() =>
        FilterPattern.Parse("{ $.a = \"*\" }").Matches("""{"a":"\ud800"}""").ShouldBeFalse();

    [Fact]
    public void Named_and_wildcard_selectors_see_the_same_value()
    {
        var pattern = FilterPattern.Parse("{ $.a.x = 1 && $.*.x = 1 && $.*.y = 2 }");
        pattern.Matches("""{"a":{"x":1,"y":2}}""").ShouldBeTrue();
        pattern.Matches("""{"a":{"x":1},"b":{"y":2}}""").ShouldBeTrue();
        pattern.Matches("""{"a":{"x":1},"b":{"y":3}}""").ShouldBeFalse();
    }

    [Fact]
    public void Wildcard_passes_if_any_value_does() =>
        FilterPattern.Parse("{ $.resources[*].ARN = \"*key/2\" }")
            .Matches("""{"resources":[{"ARN":"arn:aws:kms:::key/1"},{"type":"x"},{"ARN":"arn:aws:kms:::key/2"}]}""").ShouldBeTrue();

    [Fact]
    public void The_labs_own_metric_filter_counts_failed_calls_of_one_role()
    {
        var pattern = FilterPattern.Parse("""{ $.errorCode = "*" && $.eventSource= "kms.amazonaws.com" && $.userIdentity.sessionContext.sessionIssuer.arn = "arn:aws:iam::000000000000:role/kmslab-cryptoapi" }""");
        const string call = """ "userIdentity":{"type":"AssumedRole","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::000000000000:role/kmslab-cryptoapi"}}},"eventSource":"kms.amazonaws.com" """;

        pattern.Matches($$"""{ {{call}},"errorCode":"InvalidCiphertextException"}""").ShouldBeTrue();
        pattern.Matches($$"""{ {{call}} }""").ShouldBeFalse();
    }

    [Fact]
    public void Field_reads_what_a_metric_filter_needs()
    {
        var pattern = FilterPattern.Parse("{ $.latency = * }");
        var message = """{"latency":12.50,"who":{"n.ame":"\u0061"},"flag":true,"none":null}"""u8;

        pattern.Field("$.latency").Read(message).ShouldBe("12.50");
        pattern.Field("$.who.['n.ame']").Read(message).ShouldBe("a");
        pattern.Field("$.flag").Read(message).ShouldBe("true");
        pattern.Field("$.none").Read(message).ShouldBeNull();
        pattern.Field("$.who").Read(message).ShouldBeNull();
        pattern.ExtractFields(message).ShouldBeEmpty();
    }

    [Fact]
    public void Message_as_large_as_the_service_takes_is_read()
    {
        var large = $$"""{"pad":"{{new string('x', 1_000_000)}}","a":1}""";
        FilterPattern.Parse("{ $.a = 1 }").Matches(Encoding.UTF8.GetBytes(large)).ShouldBeTrue();
    }
}
