namespace KmsLab.LocalAws.Wire;

/// <summary>What AWS's service model demands of a member. Checked before the handler runs, all members at once, in AWS's words.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConstraintAttribute : Attribute
{
    /// <summary>The member must be there.</summary>
    public bool Required { get; init; }

    /// <summary>Least length of a string or blob, or count of a list or map.</summary>
    public int MinLength { get; init; }

    /// <summary>Greatest length or count.</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>Least value of a number.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>Greatest value of a number.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>A pattern that the whole string must match.</summary>
    public string? Pattern { get; init; }

    /// <summary>The values of an enumeration, for a string or for each string of a list.</summary>
    public string[]? Values { get; init; }
}

/// <summary>A list or map that Query writes without a wrapper, under a name of its own: <c>Attribute.1.Name=a&amp;Attribute.1.Value=b</c>.</summary>
/// <param name="name">The name of each item.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlattenedAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>What a map calls its keys; its values are <c>Value</c>.</summary>
    public string Key { get; init; } = "Name";
}

/// <summary>A member that never stands on CloudTrail's record: plaintext, ciphertext, credentials. Blobs never do, without saying so.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotOnTrailAttribute : Attribute;

/// <summary>A member that AWS serves and this endpoint refuses, because to ignore it would mislead. False and an empty list are let pass.</summary>
/// <param name="why">The reason that the caller is told.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotServedAttribute(string why) : Attribute
{
    public string Why { get; } = why;
}
