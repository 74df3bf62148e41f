using System.Formats.Cbor;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.Tests.AwsSdk;

namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>Writes a request as a service's model says, in each of AWS's protocols.</summary>
internal static class ModelProtocol
{
    /// <summary>A request as Query's form.</summary>
    public static string Form(AwsServiceModel model, string operation, JsonObject request)
    {
        var form = new StringBuilder($"Action={operation}&Version=1");
        if (model.ShapeOf(operation, "input") is { } shape)
            Write("", request, shape);
        return form.ToString();

        void Write(string name, JsonNode? value, JsonElement shape)
        {
            switch (shape.GetProperty("type").GetString())
            {
                case "structure":
                    foreach (var (member, content) in value!.AsObject())
                        Write(name.Length == 0 ? member : $"{name}.{member}", content, model.MembersOf(shape)[member]);
                    break;
                case "list":
                    var item = shape.GetProperty("member");
                    for (var i = 0; i < value!.AsArray().Count; i++)
                        Write(string.Create(CultureInfo.InvariantCulture, $"{name}.member.{i + 1}"), value[i], model.Shape(item.GetProperty("shape").GetString()!));
                    break;
                case "map":
                    var (key, content2) = (shape.GetProperty("key"), shape.GetProperty("value"));
                    var number = 0;
                    foreach (var (entry, content) in value!.AsObject())
                    {
                        var at = string.Create(CultureInfo.InvariantCulture, $"{name}.entry.{++number}");
                        Add($"{at}.{Location(key, "key")}", entry);
                        Write($"{at}.{Location(content2, "value")}", content, model.Shape(content2.GetProperty("shape").GetString()!));
                    }

                    break;
                case "timestamp":
                    Add(name, DateTimeOffset.FromUnixTimeSeconds(value!.GetValue<long>()).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                    break;
                default:
                    Add(name, value!.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
                    break;
            }
        }

        void Add(string name, string value) => form.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

        static string Location(JsonElement member, string otherwise) => member.TryGetProperty("locationName", out var name) ? name.GetString()! : otherwise;
    }

    /// <summary>A request as CBOR.</summary>
    public static byte[] Cbor(AwsServiceModel model, string operation, JsonObject request)
    {
        var cbor = new CborWriter();
        Write(request, model.ShapeOf(operation, "input")!.Value);
        return cbor.Encode();

        void Write(JsonNode? value, JsonElement shape)
        {
            switch (shape.GetProperty("type").GetString())
            {
                case "structure":
                    cbor.WriteStartMap(value!.AsObject().Count);
                    foreach (var (member, content) in value.AsObject())
                    {
                        cbor.WriteTextString(member);
                        Write(content, model.MembersOf(shape)[member]);
                    }

                    cbor.WriteEndMap();
                    break;
                case "list":
                    cbor.WriteStartArray(value!.AsArray().Count);
                    foreach (var item in value.AsArray())
                        Write(item, model.Shape(shape.GetProperty("member").GetProperty("shape").GetString()!));
                    cbor.WriteEndArray();
                    break;
                case "timestamp":
                    cbor.WriteTag(CborTag.UnixTimeSeconds);
                    cbor.WriteInt64(value!.GetValue<long>());
                    break;
                case "double":
                    cbor.WriteDouble(value!.GetValue<double>());
                    break;
                case "integer" or "long":
                    cbor.WriteInt64(value!.GetValue<long>());
                    break;
                case "boolean":
                    cbor.WriteBoolean(value!.GetValue<bool>());
                    break;
                default:
                    cbor.WriteTextString(value!.GetValue<string>());
                    break;
            }
        }
    }
}
