using KmsLab.CryptoApi.Http.Authentication;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.ApiReference;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace KmsLab.CryptoApi.Http.Documents;

/// <summary>The OpenAPI document, <c>/openapi/v1.json</c>, and the page that shows it, <c>/docs</c>. Neither tells a secret, and both work offline.</summary>
internal static class ApiDocuments
{
    // Routing turns other types away in words of its own; our reading of the body names the header at fault.
    private const string Anything = "*/*";

    public static IServiceCollection AddApiDocuments(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            operation.RequestBody?.Content?.Remove(Anything);
            if (context.Description.RelativePath == "encrypt")
                operation.Parameters = [.. operation.Parameters ?? [], IdempotencyKeyParameter()];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().AllowAnonymous();
        routes.MapScalarApiReference("/docs", ConfigurePage).AllowAnonymous();
    }

    /// <summary>Says what an endpoint takes, and what it answers when it can't do it. 401, 429 and 503 may come from each.</summary>
    public static void Describe<TRequest>(this RouteHandlerBuilder endpoint, string id, string summary, params int[] failures) where TRequest : notnull
    {
        endpoint.WithName(id).WithMetadata(new OperationName(id)).WithSummary(summary).WithTags("Records").Accepts<TRequest>("application/json", Anything);
        foreach (var status in failures.Concat([401, 429, 503]))
            endpoint.ProducesProblem(status);
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info.Title = "KmsLab CryptoApi";
        document.Info.Description = "Stores a text by name, encrypted under AWS KMS, and gives it back to whoever holds its Key.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiKeyHeader.Name,
            Description = "Where the service asks for one (CryptoApi:Authentication:Required).",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, document)] = [] }];
    }

    private static OpenApiParameter IdempotencyKeyParameter() => new()
    {
        Name = IdempotencyKey.Header,
        In = ParameterLocation.Header,
        Description = "A random UUID: trying again with the same one and the same body gives the same Key.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static void ConfigurePage(ScalarOptions page, HttpContext http) =>
        http.Response.Headers.ContentSecurityPolicy = ApiReferencePage.Configure(page, "KmsLab CryptoApi");
}
