using System.Buffers;
using System.Text.Json;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>What a walk does with the values that selectors end at.</summary>
internal interface IValueSink
{
    void Visit(int leaf, FieldValue value);
}

/// <summary>Reads a message once and hands the values that selectors end at to a sink.</summary>
internal static class JsonWalk
{
    // Deeper than any real log event; a message beyond it counts as not JSON.
    private const int MaxDepth = 512;

    /// <summary>Walks <paramref name="utf8Message"/>. False if it is not one JSON object: what the sink was given then doesn't count.</summary>
    public static bool TryRun<TSink>(ReadOnlySpan<byte> utf8Message, SelectorNode root, ref TSink sink) where TSink : IValueSink, allows ref struct
    {
        // Most messages that are not JSON are told by their ends, much cheaper than by an exception.
        var trimmed = utf8Message.Trim(" \t\r\n"u8);
        if (trimmed.Length < 2 || trimmed[0] != '{' || trimmed[^1] != '}')
            return false;

        var reader = new Utf8JsonReader(trimmed, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            Value(ref reader, root, ref sink);
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair, or bytes that are not UTF-8, in a text that had to be read.
            return false;
        }
    }

    private static void Value<TSink>(ref Utf8JsonReader reader, SelectorNode node, ref TSink sink) where TSink : IValueSink, allows ref struct
    {
        if (node.Leaves.Length > 0)
            Visit(ref reader, node, ref sink);

        if (reader.TokenType == JsonTokenType.StartObject && node.HasProperties)
            Properties(ref reader, node, ref sink);
        else if (reader.TokenType == JsonTokenType.StartArray && node.HasElements)
            Elements(ref reader, node, ref sink);
        else
            reader.Skip();
    }

    private static void Properties<TSink>(ref Utf8JsonReader reader, SelectorNode node, ref TSink sink) where TSink : IValueSink, allows ref struct
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var next = node.Property(ref reader);
            reader.Read();
            if (next is null)
                reader.Skip();
            else
                Value(ref reader, next, ref sink);
        }
    }

    private static void Elements<TSink>(ref Utf8JsonReader reader, SelectorNode node, ref TSink sink) where TSink : IValueSink, allows ref struct
    {
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (node.Element(index) is { } next)
                Value(ref reader, next, ref sink);
            else
                reader.Skip();
        }
    }

    private static void Visit<TSink>(ref Utf8JsonReader reader, SelectorNode node, ref TSink sink) where TSink : IValueSink, allows ref struct
    {
        if (reader.TokenType != JsonTokenType.String || !reader.ValueIsEscaped)
        {
            Visit(node, new FieldValue(KindOf(reader.TokenType), reader.ValueSpan), ref sink);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            Visit(node, new FieldValue(FieldKind.Text, buffer.AsSpan(0, reader.CopyString(buffer))), ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Visit<TSink>(SelectorNode node, FieldValue value, ref TSink sink) where TSink : IValueSink, allows ref struct
    {
        foreach (var leaf in node.Leaves)
            sink.Visit(leaf, value);
    }

    private static FieldKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => FieldKind.Text,
        JsonTokenType.Number => FieldKind.Number,
        JsonTokenType.True => FieldKind.True,
        JsonTokenType.False => FieldKind.False,
        JsonTokenType.Null => FieldKind.Null,
        _ => FieldKind.Container,
    };
}
