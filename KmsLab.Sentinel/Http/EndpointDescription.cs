namespace KmsLab.Sentinel.Http;

/// <summary>Describes the endpoints of the API.</summary>
internal static class EndpointDescription
{
    /// <summary>Describes an endpoint for the document and for clients made of it.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="id">The operation's id.</param>
    /// <param name="summary">One line.</param>
    /// <param name="failures">Statuses that come with problem details.</param>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, string id, string summary, params int[] failures)
    {
        endpoint.WithName(id).WithSummary(summary).WithTags(id.Contains("larm", StringComparison.Ordinal) ? "Alarms" : "Sentinel").Produces<T>();
        foreach (var status in failures)
            endpoint.ProducesProblem(status);
        return endpoint;
    }
}
