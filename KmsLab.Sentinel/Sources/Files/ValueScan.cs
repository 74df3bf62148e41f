using System.Buffers;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>
/// Finds where a JSON value ends, in a text that comes in pieces. It counts brackets outside strings and checks nothing else: whether the value is
/// good JSON is for the record reader to say, and a bad one must not hide those after it.
/// </summary>
/// <param name="depth">How many brackets are open before the first byte.</param>
internal struct ValueScan(int depth)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> InText = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(", \t\r\n]}"u8);

    private bool? _isScalar = depth == 0 ? null : false;
    private int _depth = depth;
    private bool _inText;

    /// <summary>How many of the value's bytes have been looked at; can be one beyond those there are, after a backslash.</summary>
    public int Position { get; private set; }

    /// <summary>Goes on looking.</summary>
    /// <param name="value">The value from its first byte on, as far as it has come.</param>
    /// <returns>Whether it ends at <see cref="Position"/>.</returns>
    public bool Advance(ReadOnlySpan<byte> value)
    {
        _isScalar ??= value[0] is not ((byte)'{' or (byte)'[' or (byte)'"');
        if (_isScalar.Value)
            return EndOfScalar(value);

        while (Position < value.Length)
        {
            var found = value[Position..].IndexOfAny(_inText ? InText : Structure);
            if (found < 0)
            {
                Position = value.Length;
                return false;
            }

            Position += found;
            if (Take(value[Position]))
                return true;
        }

        return false;
    }

    /// <summary>What is dropped from the value's beginning is not counted any more.</summary>
    public void Drop(int bytes) => Position -= bytes;

    /// <returns>Whether the value ends here.</returns>
    private bool Take(byte next)
    {
        Position += next == '\\' ? 2 : 1;
        if (next == '"')
            _inText = !_inText;
        else if (next is (byte)'{' or (byte)'[')
            _depth++;
        else if (next is (byte)'}' or (byte)']')
            _depth--;
        return _depth == 0 && !_inText;
    }

    private bool EndOfScalar(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAny(AfterScalar);
        Position = end < 0 ? value.Length : Math.Max(end, 1);
        return end >= 0;
    }
}
