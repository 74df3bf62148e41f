using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Tests.CloudTrail.FilterPatterns;

public sealed class FilterPatternErrorTests
{
    [Theory]
    [InlineData("{ $.a = }", 8, "expected a number, a text")]
    [InlineData("{ $.a }", 6, "expected an operator")]
    [InlineData("{ $.a = 1", 9, "found the end")]
    [InlineData("{ $.a = 1 } x", 12, "nothing after the closing '}'")]
    [InlineData("{ a = 1 }", 2, "begins with '$.'")]
    [InlineData("{ $a = 1 }", 3, "'.' and a property name")]
    [InlineData("{ $.a == 1 }", 7, "expected")]
    [InlineData("{ $.a = 1 && }", 13, "begins with '$.'")]
    [InlineData("{ $.a = 1 & $.b = 2 }", 10, "or && or ||")]
    [InlineData("{ ($.a = 1 }", 11, "to close the parenthesis")]
    [InlineData("{ $.a IS MAYBE }", 9, "NULL, TRUE or FALSE")]
    [InlineData("{ $.a IS NOT NULL }", 9, "no IS NOT")]
    [InlineData("{ $.a NOT NULL }", 10, "EXISTS after NOT")]
    [InlineData("{ $.a[x] = 1 }", 6, "array index")]
    [InlineData("{ $.x[99999999999] = 1 }", 6, "too large")]
    [InlineData("{ $[0] = 1 }", 2, "must follow a property")]
    [InlineData("{ $.\"detail-type\" = 1 }", 4, "Invalid character(s) in term '\"'")]
    [InlineData("{ $.a = \"never closed }", 8, "never closed")]
    [InlineData("{ $.a > \"5\" }", 8, "expected a number")]
    [InlineData("{ $.a >= some }", 9, "Invalid character(s) in term 'some'")]
    [InlineData("{ $.*[*] = 1 }", 2, "at most one wildcard")]
    [InlineData("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }", 0, "at most 3 selectors")]
    [InlineData("{ $.a = %a% || $.b = %b% || $.c = %c% }", 0, "at most 2 regular expressions")]
    [InlineData("Status: timeout", 6, "Invalid character(s) in term ':'")]
    [InlineData("?a:b", 2, "Invalid character(s) in term ':'")]
    [InlineData("(x)", 0, "Invalid character(s) in term '('")]
    [InlineData("\"never closed", 0, "never closed")]
    [InlineData("ERROR -", 7, "found the end")]
    [InlineData("%something!%", 10, "Invalid character(s) in term '!'")]
    [InlineData("%(ab)+%", 1, "Invalid character(s) in term '('")]
    [InlineData("%café%", 4, "Invalid character(s) in term 'é'")]
    [InlineData(@"%a\p%", 2, "after a backslash")]
    [InlineData("%%", 1, "empty")]
    [InlineData("%abc", 0, "never closed")]
    [InlineData("%[a%", 1, "not valid")]
    [InlineData("%a{99999}{9}%", 1, "not valid")]
    [InlineData("[a, ..., b, ..., c]", 0, "at most one '...'")]
    [InlineData("[a = ]", 5, "expected")]
    [InlineData("[a, b", 5, "',' or ']' after the field")]
    [InlineData("[a] b", 4, "nothing after the closing ']'")]
    [InlineData("[status = 4* && bytes > 1000]", 16, "expected 'status', found 'bytes'")]
    [InlineData("[a=%x%, b=%y%, c=%z%]", 0, "at most 2 regular expressions")]
    public void Invalid_pattern_says_where_and_what_was_expected(string pattern, int position, string message)
    {
        var error = Should.Throw<FilterPatternException>(() => FilterPattern.Parse(pattern));
        error.Message.ShouldContain(message);
        error.Position.ShouldBe(position);
    }

    [Fact]
    public void Pattern_has_at_most_1024_characters()
    {
        FilterPattern.Parse(new string('a', FilterPattern.MaxLength)).Matches("b").ShouldBeFalse();
        Should.Throw<FilterPatternException>(() => FilterPattern.Parse(new string('a', FilterPattern.MaxLength + 1))).Message.ShouldContain("1024");
    }
}
