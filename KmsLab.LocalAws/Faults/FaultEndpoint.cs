using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.LocalAws.Settings;

namespace KmsLab.LocalAws.Faults;

/// <summary><c>GET</c> and <c>PUT /_localaws/faults</c>: what goes wrong, changed at run time for demonstrations, tests and benchmarks.</summary>
internal static class FaultEndpoint
{
    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_localaws/faults", (FaultInjection faults) => Show(faults));
        routes.MapPut("/_localaws/faults", ChangeAsync);
    }

    private static async Task<IResult> ChangeAsync(HttpRequest request, FaultInjection faults)
    {
        List<FaultRule?>? rules;
        try
        {
            rules = await JsonSerializer.DeserializeAsync(request.Body, FaultJson.Default.ListFaultRule, request.HttpContext.RequestAborted);
        }
        catch (JsonException error)
        {
            return Results.Problem($"The body is not a list of faults: {error.Path} can't be read. Times are written as 00:00:00.008.", statusCode: 400);
        }

        if (rules is null || rules.Contains(null))
            return Results.Problem("The body must be a list of objects, such as [{\"action\":\"kms:Decrypt\",\"error\":\"ThrottlingException\"}]; [] for none.", statusCode: 400);
        var problems = rules.SelectMany(rule => rule!.Validate(new ValidationContext(rule))).ToList();
        if (problems.Count > 0)
            return Results.Problem(string.Join(" ", problems.Select(problem => problem.ErrorMessage)), statusCode: 400);

        faults.Rules = rules.ConvertAll(rule => rule!);
        return Show(faults);
    }

    private static IResult Show(FaultInjection faults) => Results.Json([.. faults.Rules], FaultJson.Default.ListFaultRule);
}

/// <summary>Unknown members are errors: a misspelt fault would be a test that tests nothing.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(List<FaultRule?>), TypeInfoPropertyName = "ListFaultRule")]
internal sealed partial class FaultJson : JsonSerializerContext;
