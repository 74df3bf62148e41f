using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace KmsLab.Tests.Aspire;

/// <summary>The Aspire application for a test: no dashboard, no fixed ports.</summary>
internal static class AspireApplication
{
    public static async Task<DistributedApplication> BuildAsync(string mode, CancellationToken cancellationToken)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.KmsLab_AppHost>(
            [$"--Lab:Mode={mode}", "--Lab:Region=eu-west-1", "--Parameters:localstack-auth-token=none"], cancellationToken);
        return await builder.BuildAsync(cancellationToken);
    }
}
