namespace KmsLab.Sentinel.FastPath;

/// <summary>Dense numbers of names, from 0 on: all threads use the same.</summary>
/// <param name="most">How many names there may be.</param>
internal sealed class NameList(int most)
{
    /// <summary>There are as many names as there may be, and this is none of them.</summary>
    public const int None = -1;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public string this[int number] => _names[number];

    /// <summary>The number of a name, new or known.</summary>
    /// <returns><see cref="None"/> if there is no room.</returns>
    public int NumberOf(string name)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(name, out var known))
                return known;
            if (_names.Count == most)
                return None;

            _names.Add(name);
            return _numbers[name] = _names.Count - 1;
        }
    }
}

/// <summary>The names that calls are counted by.</summary>
/// <param name="most">How many of each kind there may be, at most <see cref="Most"/>.</param>
internal sealed class CallNames(int most = CallNames.Most)
{
    /// <summary>What <see cref="CallKey"/> has room for.</summary>
    public const int Most = 1 << 20;

    /// <summary>Keys by ARN, and the empty text for no key.</summary>
    public NameList Keys { get; } = new(most);

    public NameList Principals { get; } = new(most);

    public NameList Operations { get; } = new(most);

    public NameList Outcomes { get; } = new(most);

    /// <summary>Services that called on a principal's behalf, and the empty text for none.</summary>
    public NameList Services { get; } = new(most);
}
