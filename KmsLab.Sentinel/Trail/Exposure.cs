namespace KmsLab.Sentinel.Trail;

/// <summary>How a key is more exposed than before.</summary>
internal enum ExposureKind
{
    /// <summary>Everyone was let in.</summary>
    Everyone,

    /// <summary>Another account, or an organization, was let in.</summary>
    AnotherAccount,

    /// <summary>Somebody of the key's account, a service or a network may now read.</summary>
    NewReader,

    /// <summary>Somebody who might read under a condition may now read under none.</summary>
    LostCondition,

    /// <summary>Somebody may read under other conditions than before, which let more through, or may.</summary>
    WeakerCondition,

    /// <summary>A Deny that kept somebody from reading is gone.</summary>
    LostDenial,

    /// <summary>The policy can't be read.</summary>
    Unreadable,
}

/// <summary>One way in which a key is more exposed than before.</summary>
/// <param name="Kind">How.</param>
/// <param name="Who">Who is let in.</param>
/// <param name="Operations">To do what.</param>
internal sealed record Exposure(ExposureKind Kind, string Who, IReadOnlyList<string> Operations)
{
    private const int Shown = 4;

    /// <summary>One clause, such as <c>the account 111122223333 may Decrypt, Encrypt</c>.</summary>
    public override string ToString() => Kind switch
    {
        ExposureKind.Unreadable => "the new policy can't be read",
        ExposureKind.LostDenial => $"a Deny of {List} is gone",
        ExposureKind.LostCondition => $"{Who} may {List} without the condition of before",
        ExposureKind.WeakerCondition => $"{Who} may {List} under another condition than before, which lets more through",
        _ => $"{Who} may {List}",
    };

    private string List => string.Join(", ", Operations.Take(Shown)) + (Operations.Count > Shown ? $" and {Operations.Count - Shown} more" : "");
}
