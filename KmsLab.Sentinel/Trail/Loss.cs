namespace KmsLab.Sentinel.Trail;

/// <summary>Access that was taken away.</summary>
/// <param name="Who">Who had it.</param>
/// <param name="Operations">What it may not do any more.</param>
internal sealed record Loss(string Who, IReadOnlyList<string> Operations)
{
    /// <summary>One clause, such as <c>the account 111122223333 may not PutKeyPolicy any more</c>.</summary>
    public override string ToString() => $"{Who} may not {string.Join(", ", Operations)} any more";
}
