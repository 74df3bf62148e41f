using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>Where a value stands in a record, and what it is; the default is no value.</summary>
internal readonly record struct Slice(int Start, int Length, JsonTokenType Type);

/// <summary>A record and where its fields stand in it.</summary>
internal readonly ref struct RecordSlices(ReadOnlySpan<byte> record, ReadOnlySpan<Slice> slices)
{
    private readonly ReadOnlySpan<Slice> _slices = slices;

    public ReadOnlySpan<byte> Record { get; } = record;

    /// <summary>The field's JSON, empty when it is missing.</summary>
    public ReadOnlySpan<byte> Json(Field field)
    {
        var slice = _slices[(int)field];
        return Record.Slice(slice.Start, slice.Length);
    }

    /// <summary>The field as text: a string's content, a number or boolean as written; null when missing, empty, null or a structure.</summary>
    public string? Text(Field field) => _slices[(int)field].Type switch
    {
        JsonTokenType.String => NullIfEmpty(TextOf(Json(field))),
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(Json(field)),
        _ => null,
    };

    /// <summary>A boolean, or a string that says one: CloudTrail has both.</summary>
    public bool? Boolean(Field field) => bool.TryParse(Text(field), out var value) ? value : null;

    /// <summary>An ISO 8601 instant, in UTC.</summary>
    public DateTimeOffset? Instant(Field field) => InstantOf(Text(field));

    /// <summary>An ISO 8601 instant, in UTC.</summary>
    public static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;

    private static string? TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString();
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
