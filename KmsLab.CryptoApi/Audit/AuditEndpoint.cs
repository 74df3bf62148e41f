using KmsLab.CryptoApi.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Audit;

/// <summary><c>GET /audit</c>: which API client was behind a KMS call that stands on CloudTrail. For auditors only.</summary>
internal static class AuditEndpoint
{
    private const string Auditor = "Auditor";
    private const int MaxLength = 128;

    /// <summary>Authenticated, and named by <see cref="AuditOptions.Auditors"/>.</summary>
    public static IServiceCollection AddAuditorPolicy(this IServiceCollection services)
    {
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<AuditOptions>>((authorization, audit) => authorization.AddPolicy(
            Auditor,
            policy => policy.RequireAuthenticatedUser().RequireAssertion(context =>
                context.User.Identity?.Name is { } name && audit.Value.Auditors.Contains(name, StringComparer.Ordinal))));
        return services;
    }

    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", FindAsync)
        .AddEndpointFilter<FailureFilter>()
        .RequireAuthorization(Auditor)
        .WithName("Audit").WithTags("Audit")
        .WithSummary("Tells who was behind a KMS call: by KMS's requestID, or by the nonce of the proof in its User-Agent.")
        .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);

    private static async Task<Results<Ok<AuditAnswer>, ProblemHttpResult>> FindAsync(HttpContext http, AuditStore store, string? requestId = null, string? nonce = null)
    {
        if (string.IsNullOrEmpty(requestId) == string.IsNullOrEmpty(nonce))
            return Problems.Create(StatusCodes.Status400BadRequest, "The request can't be served", "Send either requestId, KMS's own as CloudTrail shows it, or nonce, from the proof in the record's User-Agent.", "requestId");
        if ((requestId ?? nonce)!.Length > MaxLength || (requestId ?? nonce)!.Contains('\0'))
            return NotFound();

        var row = string.IsNullOrEmpty(requestId)
            ? await store.FindByNonceAsync(nonce!, http.RequestAborted)
            : await store.FindByRequestIdAsync(requestId, http.RequestAborted);
        return row is null ? NotFound() : TypedResults.Ok(AuditAnswer.Of(row));
    }

    private static ProblemHttpResult NotFound() => Problems.Create(
        StatusCodes.Status404NotFound, "No such call",
        "No such call is in the audit: this service did not make it, or made it too long ago. A call whose outcome was lost is found by its nonce only.");
}
