namespace KmsLab.AppHost;

/// <summary>The lab's settings as environment variables of a resource.</summary>
internal static class ResourceSettings
{
    /// <summary>Adds configuration keys such as <c>Sentinel:LogGroups:0</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> resource, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        foreach (var (key, value) in settings)
        {
            if (value is not null)
                resource.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return resource;
    }

    /// <summary>
    /// Points a service's AWS clients at an endpoint, as a principal of the lab. <c>LocalStack:*</c> is what LocalStack.Client reads, <c>AWS:*</c> what
    /// the SDK's own set-up does: whichever registers the clients, they call the same.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithAws(this IResourceBuilder<ProjectResource> resource, EndpointReference endpoint, LabPrincipal principal) => resource
        .WithSettings(LabDefaults.Aws("", principal))
        .WithEnvironment("AWS__ServiceURL", endpoint)
        .WithEnvironment("LocalStack__UseLocalStack", bool.TrueString)
        .WithEnvironment("LocalStack__Config__LocalStackHost", endpoint.Property(EndpointProperty.Host))
        .WithEnvironment("LocalStack__Config__EdgePort", endpoint.Property(EndpointProperty.Port))
        .WithEnvironment("LocalStack__Session__AwsAccessKeyId", principal.AccessKeyId)
        .WithEnvironment("LocalStack__Session__AwsAccessKey", LabPrincipal.SecretAccessKey)
        .WithEnvironment("LocalStack__Session__RegionName", LabDefaults.Region);
}
