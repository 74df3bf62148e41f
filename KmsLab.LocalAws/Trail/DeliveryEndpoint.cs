using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.LocalAws.Settings;

namespace KmsLab.LocalAws.Trail;

/// <summary><c>GET</c> and <c>PUT /_localaws/delivery</c>: how records travel, changed at run time for demonstrations and tests.</summary>
internal static class DeliveryEndpoint
{
    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_localaws/delivery", (TrailDelivery delivery) => Show(delivery.Settings));
        routes.MapPut("/_localaws/delivery", ChangeAsync);
    }

    private static async Task<IResult> ChangeAsync(HttpRequest request, TrailDelivery delivery)
    {
        DeliverySettings? settings;
        try
        {
            settings = await JsonSerializer.DeserializeAsync(request.Body, DeliveryJson.Default.DeliverySettings, request.HttpContext.RequestAborted);
        }
        catch (JsonException error)
        {
            return Results.Problem($"The body is not a delivery setting: {error.Path} can't be read. Times are written as 00:00:05.", statusCode: 400);
        }

        if (settings is null)
            return Results.Problem("The body is null. Send an object, such as {\"delay\":\"00:00:05\"}.", statusCode: 400);
        List<ValidationResult> problems = [.. settings.Validate(new ValidationContext(settings))];
        if (problems.Count > 0)
            return Results.Problem(string.Join(" ", problems.Select(problem => problem.ErrorMessage)), statusCode: 400);

        await delivery.ChangeAsync(settings);
        return Show(settings);
    }

    private static IResult Show(DeliverySettings settings) => Results.Json(settings, DeliveryJson.Default.DeliverySettings);
}

/// <summary>Unknown members are errors: a misspelt setting would be a demonstration that demonstrates nothing.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DeliverySettings))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
