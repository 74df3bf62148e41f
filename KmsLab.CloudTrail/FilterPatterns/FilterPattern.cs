using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// A CloudWatch Logs filter pattern: terms, <c>{ JSON }</c> or <c>[space, delimited]</c>. Parsed once, evaluated over UTF-8 messages, thread-safe.
/// </summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html; docs/filter-patterns.md says where AWS's page is silent
/// and what happens here.
/// </remarks>
public abstract class FilterPattern
{
    /// <summary>The longest pattern that the service takes, in characters.</summary>
    public const int MaxLength = 1024;

    internal FilterPattern()
    {
    }

    /// <summary>Whether the pattern selects nothing, so that every message matches.</summary>
    public virtual bool MatchesEverything => false;

    /// <summary>How many <c>%regular expressions%</c> the pattern has: the service limits them.</summary>
    public abstract int RegexCount { get; }

    /// <summary>Parses <paramref name="pattern"/>. An empty one matches every message.</summary>
    /// <exception cref="FilterPatternException">The pattern is not valid.</exception>
    public static FilterPattern Parse(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern.Length > MaxLength)
            throw new FilterPatternException(MaxLength, $"A filter pattern has at most {MaxLength} characters, this one has {pattern.Length}");

        var reader = new PatternReader(pattern);
        reader.SkipWhitespace();
        return reader.Peek switch
        {
            '{' => JsonPatternParser.Parse(ref reader),
            '[' => SpaceDelimitedParser.Parse(ref reader),
            _ => TermsParser.Parse(ref reader),
        };
    }

    /// <summary>Whether <paramref name="utf8Message"/>, one log event's message, matches.</summary>
    public abstract bool Matches(ReadOnlySpan<byte> utf8Message);

    /// <summary>Whether <paramref name="message"/> matches.</summary>
    public bool Matches(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Matches(Encoding.UTF8.GetBytes(message));
    }

    /// <summary>
    /// A field that a metric filter reads from matching messages: <c>$.path</c> with a JSON pattern; <c>$name</c> or <c>$3</c> (from 1) with a
    /// space-delimited one.
    /// </summary>
    /// <exception cref="FilterPatternException">The reference is not valid, or this pattern has no such field.</exception>
    public abstract FieldReference Field(string reference);

    /// <summary>
    /// The fields of a matching message as TestMetricFilter shows them: <c>$name</c>, and <c>$n</c> for unnamed ones. Empty unless the pattern is
    /// space-delimited.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> ExtractFields(ReadOnlySpan<byte> utf8Message) => new Dictionary<string, string>();

    /// <summary>The pattern in its canonical form, which parses to an equal pattern.</summary>
    public abstract override string ToString();
}

/// <summary>A field of a log event, as <see cref="FilterPattern.Field"/> compiled it.</summary>
public abstract class FieldReference
{
    internal FieldReference()
    {
    }

    /// <summary>The field's text, or null where the message has no such field or it is no string, number or boolean.</summary>
    public abstract string? Read(ReadOnlySpan<byte> utf8Message);
}
