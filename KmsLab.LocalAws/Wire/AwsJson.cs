using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KmsLab.LocalAws.Wire;

/// <summary>How AWS JSON is read and written: members that are null are left out, instants are epoch seconds.</summary>
internal static class AwsJson
{
    /// <summary>The options for a service's <see cref="JsonSerializerContext"/>.</summary>
    /// <param name="camelCase">True where the service's members begin with a small letter (Logs).</param>
    public static JsonSerializerOptions Options(bool camelCase = false) => new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // AWS doesn't escape what needs none, and base64's + is the commonest character of that kind.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = camelCase ? JsonNamingPolicy.CamelCase : null,
        AllowDuplicateProperties = true,
        MaxDepth = 32,
        Converters = { new EpochSeconds(), new Real() },
    };

    /// <summary>A real number, of which AWS always writes a fraction: <c>30.0</c>. NaN and the infinities are read, so that a service can refuse them in its own words.</summary>
    private sealed class Real : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.String when reader.ValueTextEquals("NaN"u8) => double.NaN,
            JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) => double.PositiveInfinity,
            JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8) => double.NegativeInfinity,
            _ => throw new JsonException("Not a number."),
        };

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => WriteReal(writer, value);
    }

    /// <summary>Writes a real number: one that is not finite as text, as which it is read.</summary>
    public static void WriteReal(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteRawValue(Format(value), skipInputValidation: true);
        else
            json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    /// <summary>A real number as AWS writes it.</summary>
    public static string Format(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E', 'N') ? text : text + ".0";
    }

    /// <summary>An instant as seconds since 1970 with milliseconds as a fraction; ISO 8601 is read as well, which is what the Query protocol carries.</summary>
    private sealed class EpochSeconds : JsonConverter<DateTimeOffset>
    {
        private const double MaxSeconds = 253402300799;

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && Math.Abs(seconds) <= MaxSeconds / 2)
                return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000));
            if (reader.TokenType == JsonTokenType.String
                && DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
                return instant;

            throw new JsonException("Not a timestamp.");
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            var milliseconds = value.ToUnixTimeMilliseconds();
            if (milliseconds % 1000 == 0)
                writer.WriteNumberValue(milliseconds / 1000);
            else
                writer.WriteNumberValue(milliseconds / 1000m);
        }
    }
}
