using Amazon;

namespace KmsLab.AppHost;

/// <summary>What stands for AWS: <c>Lab:Mode</c>.</summary>
internal enum LabMode
{
    /// <summary>LocalStack in a container, with LocalAws before it, which writes the trail.</summary>
    LocalStack,

    /// <summary>LocalAws alone, and SQLite: no container runtime needed.</summary>
    Local,

    /// <summary>A real account, by the profile and the Region of <c>Lab:Profile</c> and <c>Lab:Region</c>.</summary>
    Aws,
}

/// <summary>Chooses the mode.</summary>
internal static class LabModes
{
    /// <summary>The mode that is asked for; without a wish LocalStack, or LocalAws alone where no container runtime runs: what waits for a container would wait for ever.</summary>
    /// <exception cref="LabException">There is no such mode.</exception>
    public static LabMode Choose(IDistributedApplicationBuilder builder) => builder.Configuration["Lab:Mode"] switch
    {
        null or "" => builder.ExecutionContext.IsPublishMode || ContainerRuntime.IsRunning ? LabMode.LocalStack : LabMode.Local,
        var name when Enum.TryParse<LabMode>(name, ignoreCase: true, out var mode) && Enum.IsDefined(mode) => mode,
        var name => throw new LabException($"Lab:Mode is '{name}'. Set it to localstack, local or aws, such as --Lab:Mode=local."),
    };

    /// <summary>Whether databases may be containers.</summary>
    public static bool HasContainers(IDistributedApplicationBuilder builder, LabMode mode) => mode switch
    {
        LabMode.LocalStack => true,
        LabMode.Local => false,
        _ => builder.ExecutionContext.IsPublishMode || ContainerRuntime.IsRunning,
    };

    /// <summary>The Region of a real account. There is no default: a stack in the wrong one is hard to find again.</summary>
    /// <exception cref="LabException">None is set.</exception>
    public static RegionEndpoint RegionOf(IDistributedApplicationBuilder builder) =>
        (builder.Configuration["Lab:Region"] ?? builder.Configuration["AWS_REGION"] ?? builder.Configuration["AWS_DEFAULT_REGION"]) is { Length: > 0 } region
            ? RegionEndpoint.GetBySystemName(region)
            : throw new LabException("Lab:Region is not set. Say where to provision, such as --Lab:Region=eu-west-1.");
}
