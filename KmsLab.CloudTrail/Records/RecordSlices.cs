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
        JsonTokenType.String => NullIfEmpty(KnownTexts.OfQuoted(Json(field)) ?? TextOf(Json(field))),
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(Json(field)),
        _ => null,
    };

    /// <summary>As <see cref="Text"/>, for what no other record repeats.</summary>
    public string? UniqueText(Field field) => _slices[(int)field].Type == JsonTokenType.String ? NullIfEmpty(TextOf(Json(field))) : Text(field);

    /// <summary>A boolean, or a string that says one: CloudTrail has both.</summary>
    public bool? Boolean(Field field) => _slices[(int)field].Type switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => bool.TryParse(Text(field), out var value) ? value : null,
    };

    /// <summary>An ISO 8601 instant, in UTC.</summary>
    public DateTimeOffset? Instant(Field field) => UsualInstant(Json(field)) ?? InstantOf(UniqueText(field));

    /// <summary>An ISO 8601 instant, in UTC.</summary>
    public static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;

    /// <summary>An instant as CloudTrail writes it, <c>"2026-11-23T12:00:00Z"</c>; null where it is written in another way.</summary>
    private static DateTimeOffset? UsualInstant(ReadOnlySpan<byte> json)
    {
        if (json is not [(byte)'"', _, _, _, _, (byte)'-', _, _, (byte)'-', _, _, (byte)'T', _, _, (byte)':', _, _, (byte)':', _, _, (byte)'Z', (byte)'"'])
            return null;

        var (year, month, day) = (Number(json[1..5]), Number(json[6..8]), Number(json[9..11]));
        var (hour, minute, second) = (Number(json[12..14]), Number(json[15..17]), Number(json[18..20]));
        return year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60
            ? new(year, month, day, hour, minute, second, TimeSpan.Zero)
            : null;
    }

    /// <summary>A number of digits alone; negative where there is anything else.</summary>
    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return -1;
            number = (number * 10) + digit - '0';
        }

        return number;
    }

    private static string? TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString();
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
