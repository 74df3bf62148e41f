using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.ApiReference;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace KmsLab.Sentinel.Http.Documents;

/// <summary>The OpenAPI document, <c>/openapi/v1.json</c>, and the page that shows it, <c>/docs</c>: open to whoever may use the API, and working offline.</summary>
internal static class ApiDocuments
{
    private const string Scheme = "ApiKey";

    public static IServiceCollection AddApiDocuments(this IServiceCollection services)
    {
        // The document describes JSON as ApiJson writes it.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.Converters.Add(new InstantConverter());
            json.SerializerOptions.Converters.Add(new SecondsConverter());
        });
        return services.AddOpenApi("v1", options =>
        {
            // Generators of clients read 3.0 without exception.
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;
            options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, _, _) =>
            {
                foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Query) ?? [])
                    parameter.Name = char.ToLowerInvariant(parameter.Name![0]) + parameter.Name[1..];
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                Describe(schema, context.JsonTypeInfo.Type);
                return Task.CompletedTask;
            });
        });
    }

    public static void MapApiDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference("/docs", ConfigurePage);
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info.Title = "KmsLab Sentinel";
        document.Info.Description = "What Sentinel reads, what it counted, and what it found. Instants are in UTC, spans of time in seconds. Parameters that an "
            + "address does not know are refused. Errors are problem details (RFC 9457). Answers to GET have an ETag.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiKeyHeader.Name,
            Description = "A key of Sentinel:Api:Keys. 'KmsLab.Sentinel new-api-key NAME' makes one.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
    }

    /// <summary>Types that our converters write.</summary>
    private static void Describe(OpenApiSchema schema, Type type)
    {
        var isNullable = Nullable.GetUnderlyingType(type) is not null;
        switch (Nullable.GetUnderlyingType(type) ?? type)
        {
            case var span when span == typeof(TimeSpan):
                (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.Number, "double", null);
                break;
            case var instant when instant == typeof(DateTimeOffset):
                (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
                break;
            case { IsEnum: true } when schema.Enum is { Count: > 0 } values:
                // Generators take an enumeration without a type for numbers.
                (schema.Type, schema.Enum) = (JsonSchemaType.String, [.. values.Where(value => value is not null && value.GetValueKind() == JsonValueKind.String)]);
                break;
            default:
                return;
        }

        if (isNullable)
            schema.Type |= JsonSchemaType.Null;
    }

    private static void ConfigurePage(ScalarOptions page, HttpContext http) =>
        http.Features.Set(new PagePolicy(ApiReferencePage.Configure(page, "KmsLab Sentinel")));
}
