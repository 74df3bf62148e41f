namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// How a pattern's tests combine. A test is known by its index: tests run while the message is read, and the expression is asked at the end.
/// </summary>
internal abstract class Expression
{
    public abstract bool Evaluate(ReadOnlySpan<bool> passed);
}

/// <summary>A test passed or, with <c>NOT EXISTS</c>, did not.</summary>
internal sealed class TestExpression(int test, bool negated = false) : Expression
{
    public int Test => test;

    public bool Negated => negated;

    public override bool Evaluate(ReadOnlySpan<bool> passed) => passed[test] != negated;
}

internal sealed class AndExpression(IReadOnlyList<Expression> operands) : Expression
{
    public IReadOnlyList<Expression> Operands => operands;

    public override bool Evaluate(ReadOnlySpan<bool> passed)
    {
        for (var i = 0; i < operands.Count; i++)
        {
            if (!operands[i].Evaluate(passed))
                return false;
        }

        return true;
    }
}

internal sealed class OrExpression(IReadOnlyList<Expression> operands) : Expression
{
    public IReadOnlyList<Expression> Operands => operands;

    public override bool Evaluate(ReadOnlySpan<bool> passed)
    {
        for (var i = 0; i < operands.Count; i++)
        {
            if (operands[i].Evaluate(passed))
                return true;
        }

        return false;
    }
}
