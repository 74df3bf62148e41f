using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// A text that every matching message has in it, or several of which it has one or all: looked for with vector instructions before any JSON is
/// parsed, it rejects most messages that don't match at a small fraction of the cost.
/// </summary>
/// <remarks>
/// JSON can write any character as <c>\u0041</c>, so a message with such an escape is never rejected here. Characters that have a short escape
/// (quote, backslash, slash, control characters) are left out of the text that is looked for.
/// </remarks>
internal abstract class RequiredText
{
    public static RequiredText? Of(Expression expression, SelectedTest[] tests) => expression switch
    {
        TestExpression { Negated: false } test => OfTest(tests[test.Test].Test),
        AndExpression and => OfAll(and.Operands.Select(operand => Of(operand, tests))),
        OrExpression or => OfAny([.. or.Operands.Select(operand => Of(operand, tests))]),
        _ => null,
    };

    public bool MayBeIn(ReadOnlySpan<byte> message) => IsIn(message) || message.IndexOf(@"\u"u8) >= 0;

    protected abstract bool IsIn(ReadOnlySpan<byte> message);

    private static One? OfTest(ValueTest test) =>
        test.RequiredText?.Split('"', '\\', '/', '\b', '\f', '\n', '\r', '\t').MaxBy(part => part.Length) is { Length: > 0 } part ? new(Encoding.UTF8.GetBytes(part)) : null;

    private static RequiredText? OfAll(IEnumerable<RequiredText?> operands)
    {
        RequiredText[] required = [.. operands.OfType<RequiredText>()];
        return required.Length switch
        {
            0 => null,
            1 => required[0],
            _ => new All(required),
        };
    }

    private static Any? OfAny(RequiredText?[] operands) => operands.All(operand => operand is not null) ? new([.. operands.OfType<RequiredText>()]) : null;

    private sealed class One(byte[] text) : RequiredText
    {
        protected override bool IsIn(ReadOnlySpan<byte> message) => message.IndexOf(text) >= 0;
    }

    private sealed class All(RequiredText[] operands) : RequiredText
    {
        protected override bool IsIn(ReadOnlySpan<byte> message)
        {
            foreach (var operand in operands)
            {
                if (!operand.IsIn(message))
                    return false;
            }

            return true;
        }
    }

    private sealed class Any(RequiredText[] operands) : RequiredText
    {
        protected override bool IsIn(ReadOnlySpan<byte> message)
        {
            foreach (var operand in operands)
            {
                if (operand.IsIn(message))
                    return true;
            }

            return false;
        }
    }
}
