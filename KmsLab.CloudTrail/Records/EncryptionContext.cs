namespace KmsLab.CloudTrail.Records;

/// <summary>
/// An encryption context: name-value pairs in ordinal order of their names. It stands in clear in CloudTrail
/// (https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html).
/// </summary>
public sealed class EncryptionContext : IEquatable<EncryptionContext>
{
    private readonly KeyValuePair<string, string>[] _pairs;
    private int _hashCode;

    /// <summary>Sorts <paramref name="pairs"/>.</summary>
    public EncryptionContext(IEnumerable<KeyValuePair<string, string>> pairs)
        : this([.. pairs])
    {
    }

    /// <summary>Takes <paramref name="pairs"/> over, and sorts them.</summary>
    internal EncryptionContext(KeyValuePair<string, string>[] pairs)
    {
        _pairs = pairs;
        // Most have one or two, and come in order.
        for (var index = 1; index < _pairs.Length; index++)
        {
            if (string.CompareOrdinal(_pairs[index - 1].Key, _pairs[index].Key) > 0)
            {
                _pairs = [.. _pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
                break;
            }
        }
    }

    /// <summary>The pairs, in ordinal order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>The value of <paramref name="name"/>, or null.</summary>
    public string? this[string name] => Array.Find(_pairs, pair => pair.Key == name).Value;

    /// <summary>The pairs as one text, different for different contexts: <c>name=value&amp;name=value</c>, percent-encoded.</summary>
    public override string ToString() => string.Join('&', _pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    /// <inheritdoc/>
    public bool Equals(EncryptionContext? other) => ReferenceEquals(this, other) || (other is not null && HaveSame(_pairs, other._pairs));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EncryptionContext);

    /// <inheritdoc/>
    public override int GetHashCode() => _hashCode != 0 ? _hashCode : _hashCode = HashCodeOf(_pairs);

    /// <summary>Compares the texts: a pair is compared by its own <c>Equals</c>, which boxes.</summary>
    private static bool HaveSame(KeyValuePair<string, string>[] pairs, KeyValuePair<string, string>[] others)
    {
        if (pairs.Length != others.Length)
            return false;

        for (var index = 0; index < pairs.Length; index++)
        {
            if (pairs[index].Key != others[index].Key || pairs[index].Value != others[index].Value)
                return false;
        }

        return true;
    }

    private static int HashCodeOf(KeyValuePair<string, string>[] pairs)
    {
        var hash = new HashCode();
        foreach (var (name, value) in pairs)
        {
            hash.Add(name);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
