namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// The words of a space-delimited message. What stands in brackets or double quotes is one word, without them; if they are never closed, they are
/// ordinary characters.
/// </summary>
internal readonly struct DelimitedWords
{
    private readonly List<Word> _words;

    private DelimitedWords(List<Word> words) => _words = words;

    public int Count => _words.Count;

    public static DelimitedWords Split(ReadOnlySpan<byte> message)
    {
        var words = new List<Word>(16);
        for (var at = 0; at < message.Length;)
        {
            if (IsSpace(message[at]))
            {
                at++;
                continue;
            }

            var word = WordAt(message, at);
            words.Add(word);
            at = word.Outer.End.Value;
        }

        return new(words);
    }

    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> message, int word) => message[_words[word].Inner];

    /// <summary>Makes one word of all from <paramref name="word"/> on, with what stands between them.</summary>
    public void JoinFrom(int word)
    {
        if (word >= Count - 1)
            return;

        var rest = new Range(_words[word].Outer.Start, _words[^1].Outer.End);
        _words.RemoveRange(word, Count - word);
        _words.Add(new(rest, rest));
    }

    private static Word WordAt(ReadOnlySpan<byte> message, int start)
    {
        var close = message[start] switch
        {
            (byte)'[' => (byte)']',
            (byte)'"' => (byte)'"',
            _ => (byte)0,
        };
        var length = close == 0 ? -1 : message[(start + 1)..].IndexOf(close);
        if (length >= 0)
            return new((start + 1)..(start + 1 + length), start..(start + length + 2));

        var end = start;
        while (end < message.Length && !IsSpace(message[end]))
            end++;
        return new(start..end, start..end);
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>A word's text, and the place it takes with its brackets or quotes.</summary>
    private readonly record struct Word(Range Inner, Range Outer);
}
