using KmsLab.CloudTrail.FastPath;

namespace KmsLab.Sentinel.FastPath;

/// <summary>Tells which keys a record is about: the record reader finds them once for the same bytes. One thread's.</summary>
internal sealed class KeyNumbers(NameList names)
{
    private const int MaxSets = 64 * 1024;
    private const byte Separator = 0;

    private readonly byte[] _fields = new byte[TextMemo.LongestText];
    private TextMemo _resources = new();
    private TextMemo _parameters = new();
    private List<int[]> _sets = [];
    private CallKey[] _keys = new CallKey[4];

    /// <summary>Packs what a call is counted by, once for each of its keys.</summary>
    public ReadOnlySpan<CallKey> Of(RecordView record, int principal, int operation, int outcome, int service)
    {
        var set = SetOf(record);
        if (set.Length > _keys.Length)
            _keys = new CallKey[set.Length];
        for (var index = 0; index < set.Length; index++)
            _keys[index] = CallKey.Of(set[index], principal, operation, outcome, service);
        return _keys.AsSpan(0, set.Length);
    }

    private int[] SetOf(RecordView record)
    {
        if (record.Resources is { Length: > 2 } resources && FromResources(record, resources) is { Length: > 0 } named)
            return named;
        if (record.KeyId.IsEmpty && record.SourceKeyId.IsEmpty && record.DestinationKeyId.IsEmpty)
            return record.ErrorMessage.IndexOf("on resource: "u8) < 0 ? NumbersOf([]) : NumbersOf(record.KeyArns());

        return FromParameters(record);
    }

    private int[] FromResources(RecordView record, ReadOnlySpan<byte> resources)
    {
        if (_resources.TryGet(resources, out var known))
            return _sets[known];

        var arns = record.ResourceKeyArns();
        return Keep(_resources, resources, arns.Count == 0 ? [] : NumbersOf(arns));
    }

    private int[] FromParameters(RecordView record)
    {
        var length = 0;
        var fits = Append(record.KeyId, ref length) && Append(record.SourceKeyId, ref length) && Append(record.DestinationKeyId, ref length)
            && Append(record.Region, ref length) && Append(record.RecipientAccountId, ref length) && Append(record.AccountId, ref length);
        if (fits && _parameters.TryGet(_fields.AsSpan(0, length), out var known))
            return _sets[known];

        var numbers = NumbersOf(record.KeyArns());
        return fits ? Keep(_parameters, _fields.AsSpan(0, length), numbers) : numbers;
    }

    private bool Append(ReadOnlySpan<byte> field, ref int length)
    {
        if (length + field.Length + 1 > _fields.Length)
            return false;

        field.CopyTo(_fields.AsSpan(length));
        _fields[length + field.Length] = Separator;
        length += field.Length + 1;
        return true;
    }

    private int[] Keep(TextMemo memo, ReadOnlySpan<byte> text, int[] set)
    {
        if (_sets.Count == MaxSets)
            (_sets, _resources, _parameters) = ([], new(), new());
        else
            memo.Add(text, _sets.Count);
        _sets.Add(set);
        return set;
    }

    private int[] NumbersOf(IReadOnlyList<string> arns) => arns.Count == 0 ? [names.NumberOf("")] : [.. arns.Select(names.NumberOf)];
}
