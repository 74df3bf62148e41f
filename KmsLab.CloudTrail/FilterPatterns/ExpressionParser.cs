namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>Parses one test, adds it to the tests of the pattern, and returns the expression that stands for it.</summary>
internal delegate Expression TestParser(ref PatternReader reader);

/// <summary>The boolean part of the language, in AWS's order of operations: <c>()</c>, then <c>&amp;&amp;</c>, then <c>||</c>.</summary>
internal static class ExpressionParser
{
    public static Expression Parse(ref PatternReader reader, TestParser parseTest)
    {
        List<Expression> operands = [ParseAnd(ref reader, parseTest)];
        while (TryTakeOperator(ref reader, "||"))
            operands.Add(ParseAnd(ref reader, parseTest));
        return operands.Count == 1 ? operands[0] : new OrExpression(operands);
    }

    /// <summary>The expression as text: <paramref name="test"/> gives a test's, parentheses stand only where the order of operations needs them.</summary>
    public static string Print(Expression expression, Func<TestExpression, string> test) => expression switch
    {
        OrExpression or => string.Join(" || ", or.Operands.Select(operand => operand is OrExpression ? $"({Print(operand, test)})" : Print(operand, test))),
        AndExpression and => string.Join(" && ", and.Operands.Select(operand => operand is TestExpression ? Print(operand, test) : $"({Print(operand, test)})")),
        _ => test((TestExpression)expression),
    };

    private static Expression ParseAnd(ref PatternReader reader, TestParser parseTest)
    {
        List<Expression> operands = [ParseOperand(ref reader, parseTest)];
        while (TryTakeOperator(ref reader, "&&"))
            operands.Add(ParseOperand(ref reader, parseTest));
        return operands.Count == 1 ? operands[0] : new AndExpression(operands);
    }

    private static Expression ParseOperand(ref PatternReader reader, TestParser parseTest)
    {
        reader.SkipWhitespace();
        if (!reader.TryTake("("))
            return parseTest(ref reader);

        var inner = Parse(ref reader, parseTest);
        reader.Expect(')', "to close the parenthesis, or && or ||");
        return inner;
    }

    private static bool TryTakeOperator(ref PatternReader reader, string symbol)
    {
        reader.SkipWhitespace();
        return reader.TryTake(symbol);
    }
}
