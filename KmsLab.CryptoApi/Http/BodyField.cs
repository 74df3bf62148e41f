namespace KmsLab.CryptoApi.Http;

/// <summary>A string that an endpoint reads from its JSON body.</summary>
/// <param name="Name">The field's exact name, capitalised as the lab's clients write it.</param>
/// <param name="MaxBytes">The most bytes of UTF-8 it may have.</param>
internal sealed record BodyField(string Name, int MaxBytes)
{
    /// <summary>Whether it must be there.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Whether it may be the empty string.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>The most characters (Unicode code points) it may have, where that is the rule and not <see cref="MaxBytes"/>.</summary>
    public int? MaxCharacters { get; init; }

    /// <summary>What being too long answers: 413 for the payload itself, 400 for what merely names or opens it.</summary>
    public int TooLongStatus { get; init; } = StatusCodes.Status400BadRequest;
}
