namespace KmsLab.CloudTrail.FilterPatterns;

internal enum FieldKind
{
    /// <summary>A JSON string, or a field of a space-delimited message.</summary>
    Text,
    Number,
    True,
    False,
    Null,

    /// <summary>An object or an array: comparisons never apply to it.</summary>
    Container,
}

/// <summary>A value in a message, as tests see it: its kind, and for texts and numbers its characters in UTF-8.</summary>
internal readonly ref struct FieldValue(FieldKind kind, ReadOnlySpan<byte> text)
{
    public FieldKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>AWS: comparisons apply to 'value nodes', which are strings and numbers.</summary>
    public bool IsComparable => Kind is FieldKind.Text or FieldKind.Number;
}
